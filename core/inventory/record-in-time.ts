import { namedError } from '../contracts/errors.ts';
import { LAST_LOOK_SECONDS } from '../contracts/look-limits.ts';
import { parseClusterArn } from '../model/cluster-key.ts';
import type { EksReader } from '../ports/eks.ts';
import type { Clock } from '../ports/outside.ts';
import { type RecordPorts, recordCluster } from './record-cluster.ts';

/**
 * Whether the inventory now has all of a cluster; otherwise the next discovery reads it. It ends in time: a cluster of a hundred node groups, or an
 * EKS that does not answer, keeps its caller from nothing, and neither does a fault.
 */
export async function recordInTime(ports: RecordPorts, arn: string, seconds = LAST_LOOK_SECONDS): Promise<boolean> {
  const at = parseClusterArn(arn);
  if (at === undefined) return false;
  const end = new Date(ports.clock.now().getTime() + seconds * 1000);
  const eks = readerUntil(ports.eks, ports.clock, end);
  try {
    await recordCluster({ ...ports, eks }, { account: at.account, region: at.region, name: at.name, depth: 'deep' });
    return true;
  } catch {
    return false;
  }
}

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
