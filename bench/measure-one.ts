import type { Measure } from './figure.ts';

/** Runs one measurement in this process and prints its figures as one line of JSON, the last on stdout. */
const [name] = process.argv.slice(2);
const { measure } = (await import(`./measure/${name}.ts`)) as { measure: Measure };
const figures = await measure();
console.log(JSON.stringify(figures));
// Servers and timers of what was measured must not keep the process.
process.exit(0);
