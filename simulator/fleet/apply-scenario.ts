import type { ErrorCode } from '@aws-sdk/client-eks';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { noteApiClient } from '../eks/insights/api-clients.ts';
import type { OutsideActor } from '../eks/progress/outside-actor.ts';
import type { ClusterRecord, FakeEksState } from '../eks/state/fake-eks-state.ts';
import { reportedVersion } from '../eks/support-calendar.ts';
import type { PodDisruptionBudgetState, WorkloadState } from '../kubernetes/kubernetes-state.ts';
import { launchNode } from '../kubernetes/launch-node.ts';
import type { Findings } from './problems.ts';
import type { ActorScenario, ClusterScenario, Scenario } from './scenario-schema.ts';

/** Adds the scenario to the state of the dumps. */
export function applyScenario(state: FakeEksState, path: string, { spec }: Scenario, findings: Findings): void {
  state.deniedAccounts.push(...spec.deniedAccounts);
  if (spec.throttle !== undefined) state.throttle = spec.throttle;
  Object.assign(state.launchTemplateKubelets, spec.launchTemplates);
  state.images = { ...state.images, ...spec.images };
  const parameters = spec.parameters.map(({ account, region, name, ...one }) => [`${account}/${region}/${name}`, one]);
  state.parameters = { ...state.parameters, ...Object.fromEntries(parameters) };
  state.templateTags = { ...state.templateTags, ...spec.launchTemplateTags };
  state.subnetOwners = { ...state.subnetOwners, ...spec.sharedSubnets };
  state.freeAddresses = { ...state.freeAddresses, ...spec.freeAddresses };
  state.goneResources = [...(state.goneResources ?? []), ...spec.goneResources];
  state.vcpuQuotas = { ...state.vcpuQuotas, ...spec.vcpuQuotas };
  state.keyStates = { ...state.keyStates, ...spec.keyStates };
  state.backupVaults = { ...state.backupVaults, ...spec.backupVaults };
  spec.clusters.forEach((entry, index) => {
    const cluster = namedCluster(state, entry, `${path}: spec.clusters.${index}`, findings);
    if (cluster !== undefined) applyToCluster(state, cluster, entry);
  });
  spec.actors.forEach((entry, index) => {
    const cluster = namedCluster(state, entry, `${path}: spec.actors.${index}`, findings);
    if (cluster !== undefined) state.actors.push(actorOf(entry, cluster, state.now));
  });
}

function applyToCluster(state: FakeEksState, cluster: ClusterRecord, entry: ClusterScenario): void {
  const { kubernetes, insights } = cluster;
  kubernetes.workloads.push(...entry.workloads.map((each) => ({ ...each }) as WorkloadState));
  kubernetes.podDisruptionBudgets.push(
    ...entry.podDisruptionBudgets.map((each) => ({ ...each }) as PodDisruptionBudgetState),
  );
  kubernetes.failedReadyChecks.push(...entry.failedReadyChecks);
  applyAccess(cluster, entry.access ?? {});
  for (const nodes of entry.nodes) addNodes(state, cluster, nodes);
  for (const { userAgent, requestsPerDay, lastRequestTime, ...api } of entry.apiClients) {
    const last = lastRequestTime === undefined ? state.now : Date.parse(lastRequestTime);
    const active = lastRequestTime === undefined;
    noteApiClient(insights.apiUsage, api, { userAgent, requestsPerDay, lastRequestTime: last, active });
  }
  insights.newerObjects.push(...entry.objectsSince);
  insights.unavailable = entry.insightsUnavailable;
  for (const addon of cluster.addons) addon.customised = entry.customisedAddons.includes(addon.name);
  if (entry.apiErrors !== undefined) cluster.apiErrors = entry.apiErrors;
  if (entry.loadBalancers !== undefined) cluster.loadBalancers = entry.loadBalancers;
  if (entry.prometheus !== undefined) cluster.prometheus = entry.prometheus;
  if (entry.upgradedAt !== undefined) noteUpgrade(cluster, Date.parse(entry.upgradedAt));
  for (const failure of entry.updateFailures) {
    state.plannedFailures.push({
      clusterName: cluster.name,
      type: failure.type,
      ...(failure.nodegroup === undefined ? {} : { nodegroupName: failure.nodegroup }),
      ...(failure.addon === undefined ? {} : { addonName: failure.addon }),
      errorCode: failure.errorCode as ErrorCode,
      errorMessage: failure.message,
    });
  }
}

function applyAccess(cluster: ClusterRecord, access: NonNullable<ClusterScenario['access']>): void {
  const current = cluster.kubernetes.access;
  current.network = access.network ?? current.network;
  current.authentication = access.authentication ?? current.authentication;
  current.forbiddenResources = access.forbiddenResources ?? current.forbiddenResources;
  for (const entry of access.accessEntries ?? []) {
    cluster.accessEntries.push({
      principalArn: entry.principalArn,
      kubernetesGroups: entry.kubernetesGroups,
      type: 'STANDARD',
      createdAt: cluster.createdAt,
      policies: entry.policies.map((name) => ({
        policyArn: `arn:aws:eks::aws:cluster-access-policy/${name}`,
        accessScope: { type: 'cluster' },
      })),
    });
  }
}

function addNodes(state: FakeEksState, cluster: ClusterRecord, nodes: ClusterScenario['nodes'][number]): void {
  for (let count = nodes.count; count > 0; count--) {
    launchNode(cluster.kubernetes, {
      kubeletVersion: reportedVersion(state.supportCalendar, nodes.kubeletVersion),
      readyAt: cluster.createdAt,
      region: cluster.region,
      zones: 2,
      labels: nodes.labels,
    });
  }
}

function noteUpgrade(cluster: ClusterRecord, since: number): void {
  const { major, minor } = KubeVersion.parse(cluster.version);
  cluster.versions = [
    { version: `${major}.${minor - 1}`, since: cluster.createdAt, how: 'unknown' },
    { version: cluster.version, since, how: 'upgrade' },
  ];
}

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The model's form of a scenario's actor; `after` counts from the scenario's start. */
function actorOf(entry: ActorScenario, cluster: ClusterRecord, start: number): OutsideActor {
  const { at, after, account: _account, region: _region, ...rest } = entry;
  const place = {
    at: at === undefined ? start + milliseconds(after ?? '0s') : Date.parse(at),
    account: cluster.account,
    region: cluster.region,
  };
  if (rest.do === 'operation') {
    const { do: kind, principal, operation, input } = rest;
    return { ...place, do: kind, principal, operation, input };
  }
  if (rest.do === 'recreate-cluster') {
    const { version, ...others } = rest;
    return { ...place, ...others, ...(version === undefined ? {} : { version }) };
  }
  return { ...place, ...rest };
}

function milliseconds(duration: string): number {
  return Number.parseInt(duration, 10) * (units[duration.slice(-1)] ?? 0);
}

/** The cluster that a scenario's entry means. None, or several without account and Region to distinguish them, is a problem. */
function namedCluster(
  state: FakeEksState,
  entry: { cluster: string; account?: string | undefined; region?: string | undefined },
  where: string,
  findings: Findings,
): ClusterRecord | undefined {
  const found = Object.values(state.clusters).filter(
    (cluster) =>
      cluster.name === entry.cluster &&
      (entry.account === undefined || cluster.account === entry.account) &&
      (entry.region === undefined || cluster.region === entry.region),
  );
  if (found.length === 0) findings.problems.push(`${where}.cluster: no file describes a cluster ${entry.cluster}`);
  if (found.length > 1) {
    findings.problems.push(
      `${where}.cluster: ${found.length} clusters are called ${entry.cluster}; add account and region`,
    );
  }
  return found.length === 1 ? found[0] : undefined;
}
