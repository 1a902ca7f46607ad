import { LAST_LOOK_SECONDS } from '../contracts/look-limits.ts';
import { parseClusterArn } from '../model/cluster-key.ts';
import { readerUntil } from './reader-until.ts';
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
