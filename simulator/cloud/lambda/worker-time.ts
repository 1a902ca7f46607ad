import { syncBuiltinESMExports } from 'node:module';

/**
 * Puts virtual time under a function: `Date` reads the cell that the host writes, and `setTimeout` of node:timers/promises, by which
 * Liftlock's own code waits, asks the host to wake it in virtual time. Plain timers stay real: the SDK guards its connections with them,
 * and a real connection that hangs must not be waited for in a time that stands still.
 *
 * @returns the current virtual time in epoch milliseconds
 */
export function useVirtualTime(cell: Float64Array, sleep: (milliseconds: number) => Promise<void>): () => number {
  const now = (): number => cell[0] ?? 0;
  const RealDate = Date;
  const VirtualDate = function (this: unknown, ...parts: unknown[]) {
    if (new.target === undefined) return new RealDate(now()).toString();
    const date = parts.length === 0 ? new RealDate(now()) : Reflect.construct(RealDate, parts);
    return Object.setPrototypeOf(date, new.target.prototype);
  };
  VirtualDate.prototype = RealDate.prototype;
  Object.setPrototypeOf(VirtualDate, RealDate);
  globalThis.Date = Object.assign(VirtualDate as unknown as DateConstructor, {
    now,
    parse: RealDate.parse,
    UTC: RealDate.UTC,
  });
  RealDate.prototype.constructor = globalThis.Date;

  const timers = process.getBuiltinModule('node:timers/promises') as unknown as Record<string, unknown>;
  timers.setTimeout = async (milliseconds = 0, value?: unknown, { signal }: { signal?: AbortSignal } = {}) => {
    await (signal === undefined ? sleep(milliseconds) : Promise.race([sleep(milliseconds), aborted(signal)]));
    return value;
  };
  syncBuiltinESMExports();
  return now;
}

/** Rejects as node:timers/promises do. */
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
