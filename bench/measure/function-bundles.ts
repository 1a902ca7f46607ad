import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { FUNCTION_NAMES, type FunctionName } from '../../core/contracts/names.ts';
import { bundleFunctions } from '../../infra/bundling/bundle-functions.ts';
import { type Figure, type Measure, median, rounded } from '../figure.ts';

const run = promisify(execFile);
const FOLDER = fileURLToPath(new URL('../bundles/', import.meta.url));
const RUNS = 7;

/** Bundles every function as the stack does, then imports each in fresh processes. */
export const measure: Measure = async () => {
  await rm(FOLDER, { recursive: true, force: true });
  const bundles = await bundleFunctions(FUNCTION_NAMES, FOLDER);
  const figures: Figure[] = [];
  for (const { name, folder, bytes } of bundles) {
    const [megabytes, milliseconds] = limitsOf(name);
    const file = join(folder, `${name}.mjs`);
    const times: number[] = [];
    for (let count = 0; count <= RUNS; count += 1) times.push(await importTime(file));
    figures.push(
      { name: `${name}: bundle`, value: rounded(bytes / 1e6), unit: 'MB', limit: megabytes },
      {
        name: `${name}: import, median of ${RUNS}`,
        value: rounded(median(times.slice(1))),
        unit: 'ms',
        limit: milliseconds,
      },
    );
  }
  return figures;
};

function limitsOf(name: FunctionName): [megabytes: number, milliseconds: number] {
  // It carries the tables of the scan: 136 APIs, a hundred rules, controllers and their releases.
  return name === 'scan-cluster' ? [1.5, 175] : [1.3, 150];
}

/** Milliseconds of `import()` alone, without Node's own start. */
async function importTime(file: string): Promise<number> {
  const code = `const begin = performance.now(); await import(${JSON.stringify(pathToFileURL(file).href)}); console.log(performance.now() - begin); process.exit(0);`;
  const environment = { PATH: process.env.PATH, AWS_REGION: 'eu-central-1', POWERTOOLS_SERVICE_NAME: 'bench' };
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { env: environment });
  return Number(stdout.trim().split('\n').at(-1));
}
