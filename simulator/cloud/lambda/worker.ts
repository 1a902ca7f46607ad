import { enableCompileCache, flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { FunctionRuntime, functionError } from './function-runtime.ts';
import type { FromRuntime, ThreadSetup, ToRuntime } from './worker-messages.ts';

/** A thread with one execution environment. */
const { compileCache, ...setup } = workerData as ThreadSetup;
const port = parentPort;
if (port === null) throw new Error('worker.ts runs as a worker thread only');
if (compileCache !== undefined) enableCompileCache(compileCache);

const exit = process.exit.bind(process);
let hasAnswered = false;
const runtime = new FunctionRuntime(setup, {
  send: (message: FromRuntime) => {
    port.postMessage(message);
    if (hasAnswered || (message.type !== 'returned' && message.type !== 'failed')) return;
    hasAnswered = true;
    // Threads end without a chance to save compiled code. By now most code of an invocation is compiled.
    if (compileCache !== undefined) setImmediate(flushCompileCache);
  },
  exit,
});
runtime.liveAlone();
port.on('message', (message: ToRuntime) => runtime.take(message));
process.on('uncaughtException', (error: unknown) => runtime.die(functionError(error)));
process.on('unhandledRejection', (reason: unknown) => {
  const { trace } = functionError(reason);
  runtime.die({ errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: String(reason), trace });
});
