import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { FunctionName } from '../../core/contracts/names.ts';
import { onlyEnglish } from './only-english.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Packages that came as CommonJS still call `require` for modules of Node itself; ESM has none of its own. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

/** Where the bundle of a function is, and how large: `index.mjs` and its map in a folder of its own. */
export interface FunctionBundle {
  readonly name: FunctionName;
  readonly folder: string;
  readonly bytes: number;
}

/** Handlers that are bundled at a time: what they share is read once for each group, and a group is what memory has to hold. */
const GROUP = 5;

/**
 * Bundles all handlers. The same sources give the same bytes wherever the clone is, so a deploy changes only what changed. Fails with
 * `HandlerMissing` that names every function without a handler.
 */
export async function bundleFunctions(names: readonly FunctionName[], outputFolder: string): Promise<FunctionBundle[]> {
  const missing = names.filter((name) => !existsSync(join(ROOT, handlerOf(name))));
  if (missing.length > 0) {
    throw Object.assign(new Error(`These functions have no handler: ${missing.map(handlerOf).join(', ')}.`), {
      name: 'HandlerMissing',
    });
  }
  const bundles: FunctionBundle[] = [];
  for (let start = 0; start < names.length; start += GROUP)
    bundles.push(...(await bundleGroup(names.slice(start, start + GROUP), outputFolder)));
  return bundles;
}

const handlerOf = (name: FunctionName) => join('functions', name, 'handler.ts');

async function bundleGroup(names: readonly FunctionName[], outputFolder: string): Promise<FunctionBundle[]> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(names.map((name) => [`${name}/index`, handlerOf(name)])),
    outdir: outputFolder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    banner: { js: REQUIRE },
    plugins: [onlyEnglish],
    metafile: true,
    logLevel: 'error',
  });
  const outputs = Object.entries(metafile.outputs);
  return names.map((name) => {
    const output = outputs.find(([path]) => path.endsWith(`${name}/index.mjs`));
    return { name, folder: join(outputFolder, name), bytes: output?.[1].bytes ?? 0 };
  });
}
