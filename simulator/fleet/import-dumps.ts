import type { ClusterRecord } from '../eks/state/cluster-record.ts';
import type { FakeEksState } from '../eks/state/fake-eks-state.ts';
import type { DumpOf } from './dump-schema.ts';
import { importAddon, importAddonVersions } from './import-addon.ts';
import { importCluster } from './import-cluster.ts';
import { importFargateProfile, importNodegroup } from './import-compute.ts';
import { importInsight } from './import-insight.ts';
import { importUpdate } from './import-update.ts';
import { importClusterVersion } from './import-versions.ts';
import { type LocatedCluster, ownerOf } from './owner.ts';
import type { Findings } from './problems.ts';
import type { Dump } from './recognise.ts';

/** The order of import: updates need their node groups and add-ons. */
const order: readonly Dump['kind'][] = [
  'clusterVersion',
  'addonVersions',
  'cluster',
  'nodegroup',
  'addon',
  'fargateProfile',
  'accessEntry',
  'insight',
  'update',
];

/** Puts all dumps into the state, each with its cluster. */
export function importDumps(state: FakeEksState, dumps: readonly Dump[], findings: Findings): void {
  const located: LocatedCluster[] = [];
  for (const kind of order) {
    for (const dump of dumps.filter((each) => each.kind === kind)) importOne(state, dump, located, findings);
  }
}

function importOne(state: FakeEksState, dump: Dump, located: LocatedCluster[], findings: Findings): void {
  if (dump.kind === 'scenario') return;
  if (dump.kind === 'addonVersions') {
    importAddonVersions(state, dump.value);
    return;
  }
  if (dump.kind === 'clusterVersion') {
    importClusterVersion(state, dump.value);
    return;
  }
  if (dump.kind === 'cluster') {
    const cluster = importCluster(state, dump.path, dump.value, findings);
    if (cluster !== undefined) located.push({ cluster, path: dump.path });
    return;
  }
  const owner = clusterOf(dump, located, findings);
  if (owner === undefined) return;
  if (dump.kind === 'nodegroup') importNodegroup(state, owner, dump.path, dump.value, findings);
  else if (dump.kind === 'addon') importAddon(state, owner, dump.path, dump.value, findings);
  else if (dump.kind === 'fargateProfile') importFargateProfile(owner, dump.value);
  else if (dump.kind === 'accessEntry') importAccessEntry(owner, dump.value);
  else if (dump.kind === 'insight') importInsight(state, owner, dump.value);
  else importUpdate(owner, dump.path, dump.value, findings);
}

function clusterOf(dump: Dump, located: readonly LocatedCluster[], findings: Findings) {
  const named = dump.kind === 'insight' || dump.kind === 'update' ? undefined : nameIn(dump);
  const arn = arnIn(dump);
  const candidates = arn === undefined ? located : located.filter(({ cluster }) => isIn(cluster, arn));
  const owner = ownerOf(dump.path, named, candidates);
  if (owner !== undefined) return owner.cluster;
  findings.problems.push(
    named === undefined
      ? `${dump.path}: ${dump.kind}: cannot tell which cluster it is about; put the cluster's name into the file's or folder's name`
      : `${dump.path}: ${dump.kind}.clusterName: no file, or more than one, describes a cluster ${named}`,
  );
  return undefined;
}

function nameIn(dump: Dump): string | undefined {
  const { clusterName } = dump.value as { clusterName?: string };
  return clusterName;
}

/** The ARN of a node group, add-on or profile contains account and Region, where names alone are ambiguous. */
function arnIn(dump: Dump): string | undefined {
  if (dump.kind === 'nodegroup') return dump.value.nodegroupArn;
  return dump.kind === 'addon' ? dump.value.addonArn : undefined;
}

function isIn(cluster: { account: string; region: string }, arn: string): boolean {
  const [, , , region, account] = arn.split(':');
  return cluster.region === region && cluster.account === account;
}

/**
 * Adds an access entry as printed by describe-access-entry. From then on only principals with an entry have access to that cluster; an entry without
 * groups may read everything, since that output does not contain its policies.
 */
function importAccessEntry(cluster: ClusterRecord, dump: DumpOf<'accessEntry'>): void {
  cluster.kubernetes.access.authentication = 'access-entries';
  const groups = dump.kubernetesGroups ?? [];
  cluster.accessEntries.push({
    principalArn: dump.principalArn,
    kubernetesGroups: groups,
    type: dump.type ?? 'STANDARD',
    createdAt: dump.createdAt ?? cluster.createdAt,
    policies:
      groups.length > 0
        ? []
        : [
            {
              policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminViewPolicy',
              accessScope: { type: 'cluster' },
            },
          ],
  });
}
