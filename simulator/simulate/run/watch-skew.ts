import { arnOf } from '../../../core/model/cluster-key.ts';
import type { AuditItem } from '../../../core/ports/table.ts';
import { KubeVersion } from '../../../core/version/kube-version.ts';
import type { ClusterRecord } from '../../eks/state/cluster-record.ts';
import type { Violation } from '../../invariants/history.ts';
import type { World } from '../../process/world.ts';

/**
 * 3 `skew`, during the run: no log contains nodes, so they are checked at every record about their cluster. Returns the growing list of violations.
 */
export function watchSkew(world: World): Violation[] {
  const violations: Violation[] = [];
  world.table.onAppend.push((item) => {
    if (!WATCHED.has(item.event)) return;
    const cluster = world.eks.state.clusters[arnOf(item.subject)];
    if (cluster !== undefined) violations.push(...skewOf(cluster, item));
  });
  return violations;
}

const WATCHED = new Set([
  'MutationCommitted',
  'MutationAccepted',
  'UpdateEnded',
  'UpgradeSucceeded',
  'VersionObserved',
]);

function skewOf(cluster: ClusterRecord, item: AuditItem): Violation[] {
  const server = KubeVersion.parse(cluster.version);
  const newer = cluster.kubernetes.nodes.find((node) => server.isOlderThan(KubeVersion.parse(node.kubeletVersion)));
  if (newer === undefined) return [];
  const message = `${cluster.name} at ${item.event} ${item.at}: ${newer.name} is at ${newer.kubeletVersion}, the API server at ${cluster.version}`;
  return [{ invariant: 'skew', message }];
}
