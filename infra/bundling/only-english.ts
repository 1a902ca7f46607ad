import type { Plugin } from 'esbuild';

/** Zod carries its messages in some fifty languages, a quarter of a megabyte in each bundle. Liftlock's messages are English. */
export const onlyEnglish: Plugin = {
  name: 'only-english',
  setup(build) {
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
      loader: 'js',
    }));
  },
};
