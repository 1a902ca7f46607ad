import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processIo } from './command/io.ts';
import { registerLocal } from './local/register.ts';
import { runCommand } from './run-command.ts';
import { registerStart } from './start/register.ts';

const exampleFleet = relative(process.cwd(), fileURLToPath(new URL('../examples/fleet', import.meta.url)));

process.exitCode = await runCommand(process.argv.slice(2), processIo(), (program) => {
  registerStart(program, exampleFleet);
  registerLocal(program, exampleFleet);
});
