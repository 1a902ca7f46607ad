import { AsyncLocalStorage } from 'node:async_hooks';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { parse } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type {
  EnvironmentSetup,
  FromWorker,
  FunctionError,
  InvocationContext,
  ThreadSetup,
  ToWorker,
} from './worker-messages.ts';
import { useMessages } from './worker-requests.ts';
import { useVirtualTime } from './worker-time.ts';

/**
 * The runtime of execution environments: loads bundles as Lambda does, and runs one invocation after the other in each. What belongs to one of them
 * (variables, sleeps, requests, output) is found by the asynchronous context, so that several may live in one thread.
 */
const { now, compileCache, origin } = workerData as ThreadSetup;
const port = parentPort;
if (port === null) throw new Error('worker.ts runs as a worker thread only');

type Handler = (event: unknown, context: object) => Promise<unknown>;

interface Environment {
  readonly number: number;
  readonly setup: EnvironmentSetup;
  /** What wakes each sleep of the function, and when. */
  readonly sleeps: Map<() => void, number>;
  /** Loaded at the first invocation, so that what fails while loading is that invocation's failure, as in Lambda. */
  loading: Promise<Handler> | undefined;
  isInvoked: boolean;
  isWatched: boolean;
  hasAnswered: boolean;
}

const environments = new Map<number, Environment>();
const surroundings = new AsyncLocalStorage<Environment>();
/** Whose code runs. What came loose from its context is the only one's, or of nobody in particular. */
const running = (): Environment | undefined =>
  surroundings.getStore() ?? (environments.size === 1 ? environments.values().next().value : undefined);

type Message = FromWorker extends infer Each ? (Each extends FromWorker ? Omit<Each, 'environment'> : never) : never;
const send = (environment: Environment, message: Message): void =>
  port.postMessage({ environment: environment.number, ...message });

if (compileCache !== undefined) enableCompileCache(compileCache);

const own = process.env;
Object.defineProperty(process, 'env', { get: () => running()?.setup.variables ?? own });

for (const stream of [process.stdout, process.stderr]) {
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const environment = running();
    if (environment !== undefined) send(environment, { type: 'wrote', text: Buffer.from(chunk).toString('utf8') });
    const done = rest.at(-1);
    if (typeof done === 'function') process.nextTick(done);
    return true;
  };
}

const virtualNow = useVirtualTime(new Float64Array(now), (milliseconds) => {
  const environment = running();
  const { promise, resolve } = Promise.withResolvers<void>();
  if (environment === undefined) return promise;
  environment.sleeps.set(resolve, virtualNow() + milliseconds);
  watch(environment);
  return promise;
});

const requests =
  origin === undefined
    ? undefined
    : useMessages(origin, (id, request) => {
        const environment = running();
        if (environment === undefined) throw new Error('A request came from no function.');
        send(environment, { type: 'request', id, request });
        return environment;
      });

/** While one of these is busy, a function waits for an answer; idle connections are not among what is active. */
const CONNECTIONS = new Set(['GetAddrInfoReqWrap', 'TCPConnectWrap', 'TCPSocketWrap', 'TLSWrap']);

port.on('message', (message: ToWorker) => {
  if (message.type === 'answer') {
    requests?.end(message.id, message.answer);
    return;
  }
  if (message.type === 'open') {
    const { environment: number, setup } = message;
    environments.set(number, {
      number,
      setup,
      sleeps: new Map(),
      loading: undefined,
      isInvoked: false,
      isWatched: false,
      hasAnswered: false,
    });
    return;
  }
  const environment = environments.get(message.environment);
  if (environment === undefined) return;
  if (message.type === 'drop') {
    environments.delete(message.environment);
    return;
  }
  wake(environment);
  if (message.type === 'invoke')
    void surroundings.run(environment, () => invoke(environment, message.event, message.context));
});

function wake(environment: Environment): void {
  for (const [resolve, until] of environment.sleeps) {
    if (until > virtualNow()) continue;
    environment.sleeps.delete(resolve);
    resolve();
  }
  watch(environment);
}

/** Tells the host until when the function sleeps, once it does nothing else: time must not go on under what it does besides. */
function watch(environment: Environment): void {
  if (environment.isWatched) return;
  environment.isWatched = true;
  setImmediate(() => setImmediate(() => look(environment)));
}

function look(environment: Environment): void {
  const isAsleep = environment.isInvoked && environment.sleeps.size > 0;
  if (isAsleep && waitsForAnswer(environment)) {
    setTimeout(() => look(environment), 1);
    return;
  }
  environment.isWatched = false;
  if (isAsleep) send(environment, { type: 'sleeping', until: Math.min(...environment.sleeps.values()) });
}

const waitsForAnswer = (environment: Environment): boolean =>
  requests?.areWaiting(environment) === true || process.getActiveResourcesInfo().some((name) => CONNECTIONS.has(name));

process.on('uncaughtException', (error: unknown) => die(functionError(error)));
process.on('unhandledRejection', (reason: unknown) => {
  const { trace } = functionError(reason);
  die({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: String(reason), trace });
});

async function invoke(
  environment: Environment,
  event: string,
  { deadline, ...context }: InvocationContext,
): Promise<void> {
  environment.isInvoked = true;
  watch(environment);
  environment.loading ??= load(environment.setup);
  let run: Handler;
  try {
    run = await environment.loading;
  } catch (thrown) {
    return die(loadError(thrown));
  }
  try {
    const getRemainingTimeInMillis = () => deadline - virtualNow();
    const output = await run(JSON.parse(event), { ...context, getRemainingTimeInMillis });
    // As Lambda: what is not JSON is lost, and no value is null.
    answer(environment, { type: 'returned', payload: JSON.stringify(output) ?? 'null' });
  } catch (thrown) {
    answer(environment, { type: 'failed', error: functionError(thrown) });
  }
}

function answer(environment: Environment, message: Message): void {
  environment.isInvoked = false;
  send(environment, message);
  if (environment.hasAnswered) return;
  environment.hasAnswered = true;
  // Threads are ended without a chance to keep what they compiled. By now most of what an invocation needs is.
  if (compileCache !== undefined) setImmediate(flushCompileCache);
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

function die(error: FunctionError): void {
  const environment = running();
  if (environment !== undefined) send(environment, { type: 'died', error });
  process.exit(1);
}

/** Lambda's own names for modules that are none. */
function loadError(thrown: unknown): FunctionError {
  const error = functionError(thrown);
  const errorMessage = `${error.errorType}: ${error.errorMessage}`;
  if (thrown instanceof SyntaxError) return { ...error, errorType: 'Runtime.UserCodeSyntaxError', errorMessage };
  const { code } = (thrown ?? {}) as { code?: unknown };
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND')
    return { ...error, errorType: 'Runtime.ImportModuleError', errorMessage };
  return error;
}

/** What is thrown and is no error has a type and no trace. */
function functionError(thrown: unknown): FunctionError {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  // Without what is of this file.
  const trace = (thrown.stack ?? '').split('\n').filter((line) => !line.includes(import.meta.url));
  return { errorType: thrown.name, errorMessage: thrown.message, trace };
}
