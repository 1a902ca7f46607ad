import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, FunctionError, InvocationContext, ToWorker, WorkerSetup } from './worker-messages.ts';
import { useVirtualTime } from './worker-time.ts';

/** The runtime of one execution environment: loads a bundle as Lambda does and runs one invocation after the other. */
const { module, handler, now } = workerData as WorkerSetup;
const port = parentPort;
if (port === null) throw new Error('worker.ts runs as a worker thread only');
const send = (message: FromWorker): void => port.postMessage(message);

const sleeping = new Map<number, () => void>();
let sleeps = 0;
const virtualNow = useVirtualTime(new Float64Array(now), (milliseconds) => {
  sleeps += 1;
  const sleep = sleeps;
  return new Promise((resolve) => {
    sleeping.set(sleep, resolve);
    send({ type: 'sleeping', sleep, milliseconds });
  });
});

type Handler = (event: unknown, context: object) => Promise<unknown>;
/** Loaded at the first invocation, so that what fails while loading is that invocation's failure, as in Lambda. */
let loading: Promise<Handler> | undefined;

port.on('message', (message: ToWorker) => {
  if (message.type === 'invoke') void invoke(message.event, message.context);
  else {
    sleeping.get(message.sleep)?.();
    sleeping.delete(message.sleep);
  }
});

async function invoke(event: string, { deadline, ...context }: InvocationContext): Promise<void> {
  try {
    loading ??= load();
    const run = await loading;
    const getRemainingTimeInMillis = () => deadline - virtualNow();
    const output = await run(JSON.parse(event), { ...context, getRemainingTimeInMillis });
    // As Lambda: what is not JSON is lost, and no value is null.
    send({ type: 'returned', payload: JSON.stringify(output) ?? 'null' });
  } catch (thrown) {
    send({ type: 'failed', error: functionError(thrown) });
  }
}

async function load(): Promise<Handler> {
  const exports = (await import(module)) as Record<string, unknown>;
  const found = exports[handler];
  if (typeof found === 'function') return found as Handler;
  throw Object.assign(new Error(`index.${handler} is undefined or not exported`), { name: 'Runtime.HandlerNotFound' });
}

function functionError(thrown: unknown): FunctionError {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}
