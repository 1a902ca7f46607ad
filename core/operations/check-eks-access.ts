import { errorMessage, errorName } from '../contracts/errors.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { quoted, reason } from '../contracts/step-result.ts';
import type { Cluster, EksReader } from '../ports/eks.ts';
import { type AccessCheck, sentence } from './access-report.ts';

export const EKS_READS = ['cluster', 'node groups', 'add-ons', 'Fargate profiles', 'insights', 'updates'] as const;

/** Reads each part of the EKS API now, through the spoke role. Gives the cluster too, for what comes after. */
export async function checkEksNow(
  eks: EksReader,
  record: ClusterRecord,
  asOf: string,
): Promise<{ checks: AccessCheck[]; cluster: Cluster | undefined }> {
  const { account, region, name } = record;
  const scope = { account, region };
  let cluster: Cluster | undefined;
  const reads: Readonly<Record<(typeof EKS_READS)[number], () => Promise<unknown>>> = {
    cluster: async () => {
      cluster = await eks.describeCluster(scope, { name });
    },
    'node groups': () => eks.listNodegroups(scope, { clusterName: name }),
    'add-ons': () => eks.listAddons(scope, { clusterName: name }),
    'Fargate profiles': () => eks.listFargateProfiles(scope, { clusterName: name }),
    insights: () => eks.listInsights(scope, { clusterName: name, categories: ['UPGRADE_READINESS'] }),
    updates: () => eks.listUpdates(scope, { name }),
  };
  const checks: AccessCheck[] = [];
  for (const what of EKS_READS) {
    try {
      await reads[what]();
      checks.push({ part: 'EKS API', what, status: 'Readable', asOf });
    } catch (error) {
      const why = quoted(
        errorName(error),
        `${sentence(errorMessage(error))} Check the spoke role in the account ${account}.`,
      );
      checks.push({ part: 'EKS API', what, status: 'Refused', reason: why, asOf });
    }
  }
  return { checks, cluster };
}

/** The same from the inventory: what discovery and the daily deep look met last. */
export function checkEksFromInventory(record: ClusterRecord): AccessCheck[] {
  const asOf = record.lastSeenAt;
  const denied = record.conditions.find(({ type, status }) => type === 'Reachable' && status !== 'True');
  return EKS_READS.map((what): AccessCheck => {
    if (denied !== undefined) {
      const why = quoted(denied.reason, denied.message);
      return { part: 'EKS API', what, status: 'Refused', reason: why, asOf: denied.lastTransitionTime };
    }
    const unreadable = record.unreadable.find(({ message }) => message.startsWith(`${what}: `));
    if (unreadable !== undefined) return { part: 'EKS API', what, status: 'Refused', reason: unreadable, asOf };
    if (what !== 'updates') return { part: 'EKS API', what, status: 'Readable', asOf };
    const why = reason('NotChecked', 'Discovery does not read updates; an upgrade does.');
    return { part: 'EKS API', what, status: 'NotChecked', reason: why, asOf: null };
  });
}
