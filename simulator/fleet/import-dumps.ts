import type { UpdateType } from '@aws-sdk/client-eks';
import { given } from '../../core/model/given.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { addAddon } from '../eks/add-cluster.ts';
import { noteApiClient } from '../eks/insights/api-clients.ts';
import type { AddonRecord, ClusterRecord, FakeEksState, UpdateRecord } from '../eks/state/fake-eks-state.ts';
import type { InsightRecord } from '../eks/state/insights-state.ts';
import type { DumpOf } from './dump-schema.ts';
import { importCluster } from './import-cluster.ts';
import { importFargateProfile, importNodegroup } from './import-compute.ts';
import { importClusterVersion } from './import-versions.ts';
import { containsName, type LocatedCluster, ownerOf } from './owner.ts';
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

/** Adds an add-on as printed by describe-addon, with its workload in kube-system where it is a known one. */
function importAddon(
  state: FakeEksState,
  cluster: ClusterRecord,
  path: string,
  dump: DumpOf<'addon'>,
  findings: Findings,
): void {
  const name = dump.addonName;
  if (cluster.addons.some((each) => each.name === name)) {
    findings.problems.push(`${path}: addon.addonName: ${cluster.name}/${name} is described in another file too`);
    return;
  }
  addAddon(cluster, name, dump.addonVersion);
  const addon = cluster.addons.at(-1);
  if (addon === undefined) return;
  const { addonArn: arn, status, createdAt, modifiedAt = createdAt } = dump;
  const { serviceAccountRoleArn, configurationValues, podIdentityAssociations } = dump;
  const told = {
    arn,
    status,
    createdAt,
    modifiedAt,
    serviceAccountRoleArn,
    configurationValues,
    podIdentityAssociations,
  };
  Object.assign(addon, given(told));
  addon.tags = { ...dump.tags };
  addon.healthIssues = (dump.health?.issues ?? []) as AddonRecord['healthIssues'];
  sayCompatibility(state, cluster, addon, findings);
}

/** A version that the catalog does not list is assumed to fit the minor that it runs on. */
function sayCompatibility(state: FakeEksState, cluster: ClusterRecord, addon: AddonRecord, findings: Findings): void {
  const rows = state.addonVersions[addon.name];
  if (rows === undefined) {
    const minors = state.supportCalendar.map((row) => row.minor);
    state.addonVersions[addon.name] = [{ version: addon.version, minors, defaultFor: [] }];
    findings.statements.push(
      `${cluster.name}/${addon.name}: no versions of this add-on are known; ${addon.version} is taken to fit every minor.`,
    );
    return;
  }
  if (rows.some((row) => row.version === addon.version && row.minors.includes(cluster.version))) return;
  const row = rows.find((each) => each.version === addon.version);
  const minors = [...(row?.minors ?? []), cluster.version];
  state.addonVersions[addon.name] = [
    ...rows.filter((each) => each !== row),
    { version: addon.version, minors, defaultFor: row?.defaultFor ?? [] },
  ];
  findings.statements.push(
    `${cluster.name}/${addon.name}: ${addon.version} is not listed for ${cluster.version}; it is taken to fit, since it runs there.`,
  );
}

/** Add-on versions as printed by describe-addon-versions; they replace the built-in ones of that add-on. */
function importAddonVersions(state: FakeEksState, dump: DumpOf<'addonVersions'>): void {
  state.addonVersions[dump.addonName] = dump.addonVersions.map((each) => ({
    version: each.addonVersion,
    minors: each.compatibilities.map((compatibility) => compatibility.clusterVersion),
    defaultFor: each.compatibilities
      .filter((compatibility) => compatibility.defaultVersion === true)
      .map((compatibility) => compatibility.clusterVersion),
  }));
}

/**
 * Adds an update as printed by describe-update, which does not contain its subject. An AddonUpdate, or one with a release version, belongs to the
 * add-on or node group that the file's name contains, else to the only one. A successful VersionUpdate to the present version makes a rollback
 * possible for 7 days from its start, the safe bound (facts: eks.md §3.6).
 */
function importUpdate(cluster: ClusterRecord, path: string, dump: DumpOf<'update'>, findings: Findings): void {
  const params = (dump.params ?? []) as UpdateRecord['params'];
  const value = (type: string) => params.find((parameter) => parameter.type === type)?.value;
  const createdAt = dump.createdAt ?? cluster.createdAt;
  const update: UpdateRecord = {
    id: dump.id,
    type: dump.type as UpdateType,
    status: dump.status,
    params,
    createdAt,
    errors: (dump.errors ?? []) as UpdateRecord['errors'],
    principal: 'unknown',
    ...(dump.status === 'InProgress' ? {} : { endedAt: createdAt }),
  };
  const toVersion = value('AddonVersion') ?? value('Version');
  if (toVersion !== undefined) update.toVersion = toVersion;
  if (dump.type === 'AddonUpdate') {
    const addonName = subject(path, cluster.addons);
    if (addonName !== undefined) update.addonName = addonName;
  } else if (value('ReleaseVersion') !== undefined || dump.type === 'ConfigUpdate') {
    const nodegroupName = subject(path, cluster.nodegroups);
    if (nodegroupName !== undefined) update.nodegroupName = nodegroupName;
  }
  const parts = dump.type === 'AddonUpdate' || value('ReleaseVersion') !== undefined;
  if (parts && update.addonName === undefined && update.nodegroupName === undefined) {
    findings.problems.push(
      `${path}: update: name the file after the add-on or node group of ${cluster.name} that was updated`,
    );
    return;
  }
  cluster.updates.push(update);
  if (dump.status === 'InProgress') {
    findings.statements.push(`${cluster.name}: update ${dump.id} (${dump.type}) is in progress and ends as usual.`);
  }
  noteVersion(cluster, update);
}

function subject(path: string, parts: readonly { name: string }[]): string | undefined {
  const file = path.split('/').at(-1) ?? '';
  const named = parts.filter((part) => containsName(file, part.name));
  if (named.length > 0) return named.sort((left, right) => right.name.length - left.name.length)[0]?.name;
  return parts.length === 1 ? parts[0]?.name : undefined;
}

function noteVersion(cluster: ClusterRecord, update: UpdateRecord): void {
  const controlPlane = update.nodegroupName === undefined && update.addonName === undefined;
  if (!controlPlane || update.status !== 'Successful' || update.toVersion !== cluster.version) return;
  if (update.type !== 'VersionUpdate' && update.type !== 'VersionRollback') return;
  const latest = cluster.versions.at(-1);
  if (latest !== undefined && latest.how !== 'unknown' && latest.since > update.createdAt) return;
  const { major, minor } = KubeVersion.parse(cluster.version);
  const how = update.type === 'VersionUpdate' ? 'upgrade' : 'rollback';
  const previous = how === 'upgrade' ? minor - 1 : minor + 1;
  cluster.versions = [
    { version: `${major}.${previous}`, since: cluster.createdAt, how: 'unknown' },
    { version: cluster.version, since: update.createdAt, how, updateId: update.id },
  ];
}

/**
 * Adds an insight as printed by list-insights or describe-insight; the one with details wins. It stays unchanged until the next refresh, which
 * evaluates the known checks again and keeps the others. Its API clients and add-on versions continue to count.
 */
function importInsight(state: FakeEksState, cluster: ClusterRecord, dump: DumpOf<'insight'>): void {
  const { items } = cluster.insights;
  const at = items.findIndex((each) => each.id === dump.id);
  const detailed = dump.categorySpecificSummary !== undefined || dump.recommendation !== undefined;
  if (at >= 0 && !detailed) return;
  const { categorySpecificSummary: summary, ...rest } = dump;
  const refreshed = dump.lastRefreshTime ?? state.now;
  const record = {
    ...rest,
    lastRefreshTime: refreshed,
    lastTransitionTime: dump.lastTransitionTime ?? refreshed,
    imported: true,
    ...(detailed || dump.insightStatus?.status === 'PASSING' ? {} : { unexplained: true }),
    deprecationDetails: (summary?.deprecationDetails ?? []).map((detail) => ({
      usage: detail.usage,
      replacedWith: detail.replacedWith ?? '',
      stopServingVersion: detail.stopServingVersion,
      startServingReplacementVersion: detail.startServingReplacementVersion ?? '',
      clientStats: (detail.clientStats ?? []).map((stat) => ({
        userAgent: stat.userAgent ?? 'unknown',
        numberOfRequestsLast30Days: stat.numberOfRequestsLast30Days ?? 1,
        lastRequestTime: stat.lastRequestTime ?? refreshed,
      })),
    })),
    addonCompatibilityDetails: (summary?.addonCompatibilityDetails ?? []).map((detail) => ({
      name: detail.name,
      compatibleVersions: detail.compatibleVersions ?? [],
    })),
  } as InsightRecord;
  if (at >= 0) items[at] = record;
  else items.push(record);
  cluster.insights.refreshedAt = Math.max(cluster.insights.refreshedAt ?? 0, refreshed);
  for (const { clientStats, ...api } of record.deprecationDetails ?? []) {
    for (const stat of clientStats) {
      noteApiClient(cluster.insights.apiUsage, api, {
        userAgent: stat.userAgent,
        requestsPerDay: Math.max(1, Math.round(stat.numberOfRequestsLast30Days / 30)),
        lastRequestTime: stat.lastRequestTime,
        active: false,
      });
    }
  }
}
