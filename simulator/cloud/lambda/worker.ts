import { enableCompileCache, flushCompileCache } from 'node:module';
import { parse } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, FunctionError, InvocationContext, ToWorker, WorkerSetup } from './worker-messages.ts';
import { useMessages } from './worker-requests.ts';
import { useVirtualTime } from './worker-time.ts';

/** The runtime of one execution environment: loads a bundle as Lambda does and runs one invocation after the other. */
const { module, handler, now, compileCache, origin } = workerData as WorkerSetup;
const port = parentPort;
if (port === null) throw new Error('worker.ts runs as a worker thread only');
const send = (message: FromWorker): void => port.postMessage(message);

if (compileCache !== undefined) enableCompileCache(compileCache);

/** What wakes each sleep of the function, and when. */
const sleeps = new Map<() => void, number>();
const virtualNow = useVirtualTime(new Float64Array(now), (milliseconds) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  sleeps.set(resolve, virtualNow() + milliseconds);
  watch();
  return promise;
});
const requests =
  origin === undefined ? undefined : useMessages(origin, (id, request) => send({ type: 'request', id, request }));
let isInvoked = false;
let isWatched = false;
let hasAnswered = false;

type Handler = (event: unknown, context: object) => Promise<unknown>;
/** While one of these is busy, the function waits for an answer; idle connections are not among what is active. */
const CONNECTIONS = new Set(['GetAddrInfoReqWrap', 'TCPConnectWrap', 'TCPSocketWrap', 'TLSWrap']);

/** Loaded at the first invocation, so that what fails while loading is that invocation's failure, as in Lambda. */
let loading: Promise<Handler> | undefined;

port.on('message', (message: ToWorker) => {
  if (message.type === 'answer') return requests?.end(message.id, message.answer);
  wake();
  if (message.type === 'invoke') void invoke(message.event, message.context);
});

function wake(): void {
  for (const [resolve, until] of sleeps) {
    if (until > virtualNow()) continue;
    sleeps.delete(resolve);
    resolve();
  }
  watch();
}

/** Tells the host until when the function sleeps, once it does nothing else: time must not go on under what it does besides. */
function watch(): void {
  if (isWatched) return;
  isWatched = true;
  setImmediate(() => setImmediate(look));
}

function look(): void {
  if (isInvoked && sleeps.size > 0 && waitsForAnswer()) {
    setTimeout(look, 1);
    return;
  }
  isWatched = false;
  if (isInvoked && sleeps.size > 0) send({ type: 'sleeping', until: Math.min(...sleeps.values()) });
}

const waitsForAnswer = (): boolean =>
  requests?.areWaiting() === true || process.getActiveResourcesInfo().some((name) => CONNECTIONS.has(name));

process.on('uncaughtException', (error: unknown) => die(functionError(error)));
process.on('unhandledRejection', (reason: unknown) => {
  const { trace } = functionError(reason);
  die({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: String(reason), trace });
});

async function invoke(event: string, { deadline, ...context }: InvocationContext): Promise<void> {
  isInvoked = true;
  watch();
  loading ??= load();
  let run: Handler;
  try {
    run = await loading;
  } catch (thrown) {
    return die(loadError(thrown));
  }
  try {
    const getRemainingTimeInMillis = () => deadline - virtualNow();
    const output = await run(JSON.parse(event), { ...context, getRemainingTimeInMillis });
    // As Lambda: what is not JSON is lost, and no value is null.
    answer({ type: 'returned', payload: JSON.stringify(output) ?? 'null' });
  } catch (thrown) {
    answer({ type: 'failed', error: functionError(thrown) });
  }
}

function answer(message: FromWorker): void {
  isInvoked = false;
  send(message);
  if (hasAnswered) return;
  hasAnswered = true;
  // Environments are ended without a chance to keep what they compiled. By now most of what an invocation needs is.
  if (compileCache !== undefined) setImmediate(flushCompileCache);
}

async function load(): Promise<Handler> {
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
  send({ type: 'died', error });
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
