import type { ClusterControl, ClusterRecord } from '../../contracts/items/cluster.ts';
import type { KnownScans } from '../../contracts/items/scan.ts';
import { scansOfHops } from '../../model/blocking-findings.ts';
import { given } from '../../model/given.ts';
import { unreachable } from '../../model/unreachable.ts';
import type { WrittenCluster } from './inventory-schema.ts';

/** A cluster in the form of the inventory document: everything that policies can ask about, and what keeps Liftlock away. */
export function writtenCluster(
  cluster: ClusterRecord,
  control: ClusterControl | undefined,
  scans?: KnownScans,
): WrittenCluster {
  const { name, account, region, version, arn, createdAt, labels, tags, status, autoMode } = cluster;
  const { platformVersion, supportType, authenticationMode, unsupported, plannedChanges, deletedAt } = cluster;
  const held = control?.held;
  const known = scans === undefined ? [] : scansOfHops(scans, version);
  return {
    name,
    accountId: account,
    region,
    kubernetesVersion: version,
    labels,
    arn,
    createdAt,
    tags,
    ...given({ platformVersion }),
    status,
    ...given({ supportType, authenticationMode }),
    autoMode,
    endpoint: cluster.endpoint,
    nodegroups: cluster.nodegroups,
    ...given({ otherNodes: cluster.otherNodes }),
    fargateProfiles: cluster.fargateProfiles,
    addons: cluster.addons,
    insights: cluster.insights,
    managedBy: cluster.managedBy,
    ...given({ unsupported, plannedChanges, unreachable: unreachable(cluster)?.message }),
    ...(known.length === 0 ? {} : { scans: known.map(writtenScan) }),
    ...given({ held: held && { reason: held.reason, since: held.since }, deletedAt }),
  };
}

/** Causes that stop no hop are left out, because a report has them. */
function writtenScan({
  from,
  target,
  scannedAt,
  verdict,
  gaps,
  causes,
  moreErrors,
  waivedUntil,
  waivedErrors,
}: KnownScans['scans'][number]) {
  const told = causes.filter(({ severity }) => severity === 'error' || verdict === 'fail');
  return { target, scannedAt, verdict, gaps, causes: told, ...given({ from, moreErrors, waivedUntil, waivedErrors }) };
}
