import { processIo } from './command/io.ts';
import { runCommand } from './program.ts';

process.exitCode = await runCommand(process.argv.slice(2), processIo());
