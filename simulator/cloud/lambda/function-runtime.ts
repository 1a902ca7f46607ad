import { AsyncLocalStorage } from 'node:async_hooks';
import { parse } from 'node:path';
import { pathToFileURL } from 'node:url';
import { digestAtOnce } from './whole-digests.ts';
import { insteadOf } from './worker-globals.ts';
import type { EnvironmentSetup, FromRuntime, FunctionError, InvocationContext, ToRuntime } from './worker-messages.ts';
import { watchRequests } from './worker-requests.ts';
import { useVirtualTime } from './worker-time.ts';

type Handler = (event: unknown, context: object) => Promise<unknown>;

/** The host of an execution environment. */
export interface RuntimeHost {
  send(message: FromRuntime): void;
  /** The process has ended; `died` was sent before unless it was told to end. */
  exit(code: number): void;
}

const surroundings = new AsyncLocalStorage<FunctionRuntime>();
/** The only runtime of its thread, to which all code there belongs. */
let alone: FunctionRuntime | undefined;
/** The runtime whose code runs; undefined for the host. */
const running = (): FunctionRuntime | undefined => surroundings.getStore() ?? alone;

let requests: ReturnType<typeof watchRequests<FunctionRuntime>> | undefined;

/**
 * The runtime of one execution environment: it loads its bundle like Lambda, and runs one invocation after the other. The asynchronous context
 * identifies its time, variables, requests and output, so it runs in its own thread or beside others.
 */
export class FunctionRuntime {
  readonly setup: EnvironmentSetup;
  readonly host: RuntimeHost;
  readonly #now: Float64Array;
  /** The function that ends each sleep, with its time. */
  readonly #sleeps = new Map<() => void, number>();
  /** Loaded at the first invocation, so that a loading error is that invocation's error, as in Lambda. */
  #loading: Promise<Handler> | undefined;
  #isInvoked = false;
  #isWatched = false;

  constructor(setup: EnvironmentSetup, host: RuntimeHost) {
    this.setup = setup;
    this.host = host;
    this.#now = new Float64Array(setup.now);
    requests ??= takeOver();
  }

  /** Assigns everything in this thread to this function, also code that lost its context. */
  liveAlone(): void {
    alone = this;
  }

  /** Virtual time in epoch milliseconds. */
  now(): number {
    return this.#now[0] ?? 0;
  }

  take(message: ToRuntime): void {
    if (message.type === 'answer') {
      requests?.end(message.id, message.answer);
      return;
    }
    this.#wake();
    if (message.type === 'invoke') void surroundings.run(this, () => this.#invoke(message.event, message.context));
  }

  sleep(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#sleeps.set(resolve, this.now() + milliseconds);
    this.#watch();
    return promise;
  }

  /** Ends with an uncaught error. */
  die(error: FunctionError): void {
    this.host.send({ type: 'died', error });
    this.host.exit(1);
  }

  #wake(): void {
    for (const [resolve, until] of this.#sleeps) {
      if (until > this.now()) continue;
      this.#sleeps.delete(resolve);
      resolve();
    }
    this.#watch();
  }

  /** Tells the host until when the function sleeps, once it does nothing else, because time must not pass during its other work. */
  #watch(): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    setImmediate(() => setImmediate(() => this.#look()));
  }

  #look(): void {
    const isAsleep = this.#isInvoked && this.#sleeps.size > 0;
    if (isAsleep && requests?.areWaiting(this) === true) {
      setTimeout(() => this.#look(), 1);
      return;
    }
    this.#isWatched = false;
    if (isAsleep) this.host.send({ type: 'sleeping', until: Math.min(...this.#sleeps.values()) });
  }

  async #invoke(event: string, { deadline, ...context }: InvocationContext): Promise<void> {
    this.#isInvoked = true;
    this.#watch();
    this.#loading ??= load(this.setup);
    let run: Handler;
    try {
      run = await this.#loading;
    } catch (thrown) {
      return this.die(loadError(thrown));
    }
    try {
      const getRemainingTimeInMillis = () => deadline - this.now();
      const output = await run(JSON.parse(event), { ...context, getRemainingTimeInMillis });
      // Like Lambda, it drops what JSON cannot express, and turns undefined into null.
      this.#answer({ type: 'returned', payload: JSON.stringify(output) ?? 'null' });
    } catch (thrown) {
      this.#answer({ type: 'failed', error: functionError(thrown) });
    }
  }

  #answer(message: FromRuntime): void {
    this.#isInvoked = false;
    this.host.send(message);
  }
}

/** Replaces the parts of the process that functions use. The host's own use of them is unchanged. */
function takeOver(): ReturnType<typeof watchRequests<FunctionRuntime>> {
  digestAtOnce(() => running() !== undefined);
  useVirtualTime({ now: () => running()?.now(), sleep: (milliseconds) => running()?.sleep(milliseconds) });
  insteadOf(process, 'env', (own) => running()?.setup.variables ?? own);
  insteadOf<typeof process.exit>(process, 'exit', (own) => {
    const runtime = running();
    if (runtime === undefined || runtime === alone) return own;
    return (code?: number) => {
      runtime.host.exit(Number(code ?? 0));
      // No code after it may run, as after any exit.
      throw new Error('The function has ended its process.');
    };
  });
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
      const runtime = running();
      if (runtime === undefined) return write(chunk, ...rest);
      runtime.host.send({
        type: 'wrote',
        text: typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'),
      });
      const done = rest.at(-1);
      if (typeof done === 'function') process.nextTick(done);
      return true;
    };
  }
  return watchRequests({
    sender: running,
    hostsOf: ({ setup }) => setup,
    send: ({ host }, id, request) => host.send({ type: 'request', id, request }),
  });
}

async function load({ module, handler }: EnvironmentSetup): Promise<Handler> {
  const exports = (await import(pathToFileURL(module).href)) as Record<string, unknown> & {
    default?: Record<string, unknown>;
  };
  const found = exports[handler] ?? exports.default?.[handler];
  if (typeof found === 'function') return found as Handler;
  throw Object.assign(new Error(`${parse(module).name}.${handler} is undefined or not exported`), {
    name: 'Runtime.HandlerNotFound',
  });
}

/** Lambda's own error names for missing modules. */
function loadError(thrown: unknown): FunctionError {
  const error = functionError(thrown);
  const errorMessage = `${error.errorType}: ${error.errorMessage}`;
  if (thrown instanceof SyntaxError) return { ...error, errorType: 'Runtime.UserCodeSyntaxError', errorMessage };
  const { code } = (thrown ?? {}) as { code?: unknown };
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND')
    return { ...error, errorType: 'Runtime.ImportModuleError', errorMessage };
  return error;
}

/** A thrown value that is no error has a type and no trace. */
export function functionError(thrown: unknown): FunctionError {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  // Lines of this file are left out.
  const trace = (thrown.stack ?? '').split('\n').filter((line) => !line.includes(import.meta.url));
  return { errorType: thrown.name, errorMessage: thrown.message, trace };
}
