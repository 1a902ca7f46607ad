import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Measure } from './figure.ts';

/**
 * Runs one measurement in this process and prints its figures as one line of JSON, the last on stdout. With `--load` it only compiles what the
 * measurement needs: functions come compiled, and what strips types takes 20 MiB that would be counted as theirs.
 */
const [name, load] = process.argv.slice(2);
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/liftlock', import.meta.url)));
const { measure } = (await import(`./measure/${name}.ts`)) as { measure: Measure };
if (load !== '--load') console.log(JSON.stringify(await measure()));
// Servers and timers of what was measured must not keep the process.
process.exit(0);
