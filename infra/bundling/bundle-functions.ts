import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';
import { namedError } from '../../core/contracts/errors.ts';
import type { FunctionName } from '../../core/contracts/names.ts';

/** Replaces the contents of modules of packages. */
const replacing = (name: string, filter: RegExp, contents: string): Plugin => ({
  name,
  setup: (build) => build.onLoad({ filter }, () => ({ contents, loader: 'js' })),
});

/** Zod carries its messages in some fifty languages, a quarter of a megabyte in each bundle. Liftlock's messages are English. */
const onlyEnglish = replacing(
  'only-english',
  /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/,
  "export { default as en } from './en.js';",
);

/** No function makes a schema from JSON Schema, or JSON Schema from a schema. */
const THROWS = "{ throw new Error('Schemas are not made from JSON here, nor JSON of them.'); }";
const withoutJsonSchema = replacing(
  'without-json-schema',
  /[\\/]zod[\\/]v4[\\/](classic[\\/]from-json-schema|core[\\/]json-schema-processors)\.js$/,
  `export function fromJSONSchema() ${THROWS}\nexport function toJSONSchema() ${THROWS}\nexport const allProcessors = {};`,
);
/** Zod gives each new schema two methods that convert it into JSON Schema. */
const withoutJsonSchemaMethods = replacing(
  'without-json-schema-methods',
  /[\\/]zod[\\/]v4[\\/]core[\\/](to-json-schema|json-schema-generator)\.js$/,
  `const toJSONSchema = () => ${THROWS};
export const createToJSONSchemaMethod = () => toJSONSchema;
export { createToJSONSchemaMethod as createStandardJSONSchemaMethod, toJSONSchema as JSONSchemaGenerator };`,
);

/** No function compiles a schema into code (`z.compile`), and the compiler takes thirty kilobytes in each bundle. */
const withoutCompiler = replacing(
  'without-compiler',
  /[\\/]zod[\\/]v4[\\/]core[\\/]compile\.js$/,
  `export function compile() { throw new Error('No function compiles schemas.'); }
export { compile as withParser, compile as compileFn };
export const INVALID = undefined;
export class ZodCompileAsyncError extends Error {}
export class ZodCompileUnsupportedError extends Error {}`,
);

/** The SDK detects the names of browsers when it runs in one. */
const withoutBrowsers = replacing(
  'without-browsers',
  /[\\/]bowser[\\/]bowser\.mjs$/,
  "export function parse() { throw new Error('No function runs in a browser.'); }",
);

/**
 * The SDK looks for credentials in profiles, single sign-on, processes and instance metadata, by a tenth of a megabyte in each bundle. Lambda puts
 * those of a function's role into its environment, where the SDK looks first:
 * https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
 */
const credentialsOfLambda = replacing(
  'credentials-of-lambda',
  /[\\/]@aws-sdk[\\/]credential-provider-node[\\/]dist-es[\\/]index\.js$/,
  "import { fromEnv } from '@aws-sdk/credential-provider-env';\nexport const defaultProvider = (init) => fromEnv(init);",
);

/** The SDK loads this for operations that stream events, and no function calls one. */
const withoutEventStreams = replacing(
  'without-event-streams',
  /[\\/]@smithy[\\/]core[\\/]dist-es[\\/]submodules[\\/]event-streams[\\/]index\.js$/,
  `export const eventStreamSerdeProvider = () => { throw new Error('No function streams events.'); };
export { eventStreamSerdeProvider as EventStreamSerde };
export const resolveEventStreamSerdeConfig = (config) => config;`,
);

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Packages that are written as CommonJS call `require` for modules of Node itself, and an ES module has no `require`. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/**
 * The bundle of a function: `<name>.mjs` and the chunks that it imports, each with its source map, in a folder of its own. `bytes` counts the modules
 * without their source maps.
 */
interface FunctionBundle {
  readonly name: FunctionName;
  readonly folder: string;
  readonly bytes: number;
}

/**
 * Bundles all handlers at once: a module is read, written and, where functions share a process, loaded once. A module that several of them import
 * becomes a chunk, which is named after its content (docs/adr/0020). The same sources give the same bytes in every clone, so that a deployment
 * changes only what changed. Fails with `HandlerMissing`, which names every function without a handler.
 */
export async function bundleFunctions(names: readonly FunctionName[], outputFolder: string): Promise<FunctionBundle[]> {
  const missing = names.filter((name) => !existsSync(join(ROOT, handlerOf(name))));
  if (missing.length > 0)
    throw namedError('HandlerMissing', `These functions have no handler: ${missing.map(handlerOf).join(', ')}.`);
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(names.map((name) => [name, handlerOf(name)])),
    chunkNames: 'chunk-[hash]',
    outdir: outputFolder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    banner: { js: REQUIRE },
    plugins: [
      ...[onlyEnglish, withoutJsonSchema, withoutJsonSchemaMethods, withoutCompiler, withoutBrowsers],
      ...[withoutEventStreams, credentialsOfLambda],
    ],
    metafile: true,
    logLevel: 'error',
  });
  return names.map((name) => copyModules(name, metafile, outputFolder));
}

const handlerOf = (name: FunctionName) => join('functions', name, 'handler.ts');

function copyModules(name: FunctionName, { outputs }: Metafile, outputFolder: string): FunctionBundle {
  const folder = join(outputFolder, name);
  mkdirSync(folder, { recursive: true });
  const entry = Object.keys(outputs).find((path) => basename(path) === `${name}.mjs`) ?? '';
  const modules = new Set([entry]);
  // A loop over a set also visits what is added meanwhile.
  for (const path of modules)
    for (const { path: imported, external } of outputs[path]?.imports ?? [])
      if (external !== true) modules.add(imported);
  for (const path of modules)
    for (const file of [basename(path), `${basename(path)}.map`])
      copyFileSync(join(outputFolder, file), join(folder, file));
  return { name, folder, bytes: [...modules].reduce((sum, path) => sum + (outputs[path]?.bytes ?? 0), 0) };
}
