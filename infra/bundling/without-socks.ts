import type { Plugin } from 'esbuild';

const REFUSE = "constructor() { throw new Error('SOCKS proxies are not supported.'); }";

/** The Kubernetes client brings SOCKS for kubeconfigs that name such a proxy. Functions make connections of their own, which have none. */
export const withoutSocks: Plugin = {
  name: 'without-socks',
  setup(build) {
    build.onLoad({ filter: /[\\/]node_modules[\\/]socks(-proxy-agent)?[\\/](build|dist)[\\/]index\.js$/ }, () => ({
      contents: `export class SocksProxyAgent { ${REFUSE} }\nexport class SocksClient { ${REFUSE} static createConnection() { return new SocksClient(); } }`,
      loader: 'js',
    }));
  },
};
