import { syncBuiltinESMExports } from 'node:module';
import { insteadOf } from './worker-globals.ts';

/** Virtual time in epoch milliseconds, and sleeps in it; undefined for code of the host, which uses real time. */
export interface FunctionTime {
  readonly now: () => number | undefined;
  readonly sleep: (milliseconds: number) => Promise<void> | undefined;
}

/**
 * Gives functions virtual time: `Date` reads the host's cell, and `setTimeout` of node:timers/promises, by which Liftlock's own code waits, sleeps in
 * virtual time. Plain timers stay real: the SDK guards its connections with them, and a connection that hangs must time out even while virtual time
 * stands still.
 */
export function useVirtualTime({ now: virtualNow, sleep }: FunctionTime): void {
  const RealDate = Date;
  const now = (): number => virtualNow() ?? RealDate.now();
  const VirtualDate = function (this: unknown, ...parts: unknown[]) {
    if (new.target === undefined) return new RealDate(now()).toString();
    const date = parts.length === 0 ? new RealDate(now()) : Reflect.construct(RealDate, parts);
    return Object.setPrototypeOf(date, new.target.prototype);
  };
  VirtualDate.prototype = RealDate.prototype;
  Object.setPrototypeOf(VirtualDate, RealDate);
  Object.assign(VirtualDate, { now, parse: RealDate.parse, UTC: RealDate.UTC });
  // Libraries check whether a value's constructor is their Date. Each side has its own, and both accept the same values.
  insteadOf(globalThis, 'Date', (own) => (virtualNow() === undefined ? own : VirtualDate));
  insteadOf(RealDate.prototype, 'constructor', (own) => (virtualNow() === undefined ? own : VirtualDate));

  const timers = process.getBuiltinModule('node:timers/promises') as unknown as Record<string, unknown>;
  const inRealTime = timers.setTimeout as (...given: unknown[]) => Promise<unknown>;
  timers.setTimeout = async (milliseconds = 0, value?: unknown, options: { signal?: AbortSignal } = {}) => {
    const slept = sleep(milliseconds);
    if (slept === undefined) return inRealTime(milliseconds, value, options);
    const { signal } = options;
    await (signal === undefined ? slept : Promise.race([slept, aborted(signal)]));
    return value;
  };
  syncBuiltinESMExports();
}

/** Rejects like node:timers/promises. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const abort = (): void =>
      reject(
        Object.assign(new Error('The operation was aborted', { cause: signal.reason }), {
          name: 'AbortError',
          code: 'ABORT_ERR',
        }),
      );
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
