import { namedError } from '../contracts/errors.ts';
import type { EksReader } from '../ports/eks.ts';
import type { Clock } from '../ports/outside.ts';

/**
 * The same reader, which from an instant on begins no call any more and fails with `TimeIsUp`. A call that has begun goes on to its end: Lambda ends a
 * function in the middle of anything, and whoever must still write afterwards asks no more before that.
 */
export function readerUntil(eks: EksReader, clock: Clock, end: Date): EksReader {
  return new Proxy(eks, {
    get(target, name) {
      const operation = Reflect.get(target, name);
      if (typeof operation !== 'function') return operation;
      return async (...asked: unknown[]) => {
        if (clock.now() >= end)
          throw namedError(
            'TimeIsUp',
            `${String(name)} is not asked: the look was to be over at ${end.toISOString()}.`,
          );
        return operation.apply(target, asked);
      };
    },
  });
}
