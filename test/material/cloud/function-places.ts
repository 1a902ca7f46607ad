import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExecutionEnvironment } from '../../../simulator/cloud/lambda/execution-environment.ts';
import type {
  FunctionProcess,
  ProcessListener,
  ProcessSetup,
} from '../../../simulator/cloud/lambda/function-process.ts';
import { FunctionHere, FunctionThread } from '../../../simulator/cloud/lambda/function-processes.ts';

/** When the functions of these tests run, by their virtual clock. */
export const FUNCTION_START = new Date('2031-05-06T07:08:09.000Z');

export type StartFunction = (setup: ProcessSetup, listener: ProcessListener) => FunctionProcess;

/** Where the local cloud runs functions: each answers alike. */
export const FUNCTION_PLACES: readonly [string, StartFunction][] = [
  ['from its thread', (setup, listener) => new FunctionThread(setup, listener)],
  ['from beside the cloud', (setup, listener) => new FunctionHere(setup, listener)],
];

/** A function whose handler is the export `handler` of `source`; its file goes with the tests that use it. */
export function functionOf(source: string) {
  const folder = mkdtempSync(join(tmpdir(), 'liftlock-function-test-'));
  const module = join(folder, 'index.mjs');
  writeFileSync(module, source);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What it answers to one event in an environment of its own. */
  return async (start: StartFunction, setup: Omit<ProcessSetup, 'module' | 'handler'>, event: unknown) => {
    const environment = new ExecutionEnvironment({
      start: (listener) => start({ ...setup, module, handler: 'handler' }, listener),
      timeoutSeconds: 60,
      virtualNow: () => FUNCTION_START.getTime(),
      sleep: async () => {},
      onLine: () => {},
    });
    const outcome = await environment.invoke(JSON.stringify(event), {
      awsRequestId: '1',
      functionName: 'function',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn',
      memoryLimitInMB: '128',
      logGroupName: 'group',
      logStreamName: 'stream',
    });
    await environment.close();
    if ('error' in outcome) throw new Error(outcome.error.errorMessage);
    return JSON.parse(outcome.payload) as unknown;
  };
}
