import { namedError } from '../contracts/errors.ts';
import type { EksReader } from '../ports/eks.ts';
import type { Clock } from '../ports/outside.ts';

/**
 * The same reader, which from `end` on begins no call and fails with `TimeIsUp`. A call that has begun runs to its end. Lambda may stop a function at
 * any point, so a function that must write at the end stops reading before.
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
