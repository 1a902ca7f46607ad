import { setImmediate as nextTurn } from 'node:timers/promises';
import { inspect } from 'node:util';

interface TestEvent {
  readonly name: string;
}

const strayRejections: unknown[] = [];
// Between two test files nothing of the framework listens, and Jest would start the worker anew without a word.
process.on('unhandledRejection', (reason) => {
  strayRejections.push(reason);
  process.exitCode = 1;
  process.stderr.write(`A test file left a rejection unhandled: ${inspect(reason)}\n`);
});

/** The world of a test file is the process. What a file may change of it by its nature is put back when the file is done. */
class NativeEnvironment {
  readonly global = globalThis;
  readonly #environment = process.env;
  readonly #variables = { ...process.env };
  readonly #directory = process.cwd();
  readonly #console = console;
  readonly #exit = process.exit;
  readonly #stackTraceLimit = Error.stackTraceLimit;
  readonly #prepareStackTrace = Error.prepareStackTrace;

  async setup(): Promise<void> {
    Error.stackTraceLimit = this.#stackTraceLimit;
    if (this.#prepareStackTrace === undefined) delete (Error as Partial<ErrorConstructor>).prepareStackTrace;
    // A worker that leaves would take the results of its files with it.
    process.exit = (code) => {
      throw new Error(`process.exit(${code ?? ''}) was called in a test`);
    };
    if (strayRejections.length > 0) {
      throw new AggregateError(strayRejections.splice(0), 'A test file before this one left a rejection unhandled.');
    }
  }

  /** Node tells of an unhandled rejection one turn later: the block or file that caused it waits for that. */
  async handleTestEvent(event: TestEvent): Promise<void> {
    if (event.name === 'run_describe_finish' || event.name === 'run_finish') await nextTurn();
  }

  async teardown(): Promise<void> {
    process.env = this.#environment;
    for (const name of Object.keys(process.env)) if (!(name in this.#variables)) delete process.env[name];
    Object.assign(process.env, this.#variables);
    if (process.cwd() !== this.#directory) process.chdir(this.#directory);
    process.exit = this.#exit;
    globalThis.console = this.#console;
    await nextTurn();
  }

  exportConditions(): string[] {
    return ['node', 'node-addons'];
  }

  getVmContext(): null {
    return null;
  }
}

export { NativeEnvironment as 'module.exports' };
