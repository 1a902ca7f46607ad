import { KubeVersion } from '../../../core/version/kube-version.ts';
import type { FakeEks } from '../../eks/fake-eks.ts';
import type { Fault } from '../../eks/faults/fault-injector.ts';
import type { OutsideActor } from '../../eks/progress/outside-actor.ts';
import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import { schedulePods } from '../../kubernetes/schedule-pods.ts';
import { clusterNamed } from '../fleet/synthetic-clusters.ts';
import { type FaultOf, faultsOf, type PlannedFault } from './planned-fault.ts';

type Part = FaultOf<'update-fails'>['part'];

const OPERATION: Readonly<Record<Part, string>> = {
  'control-plane': 'UpdateClusterVersion',
  'node-group': 'UpdateNodegroupVersion',
  addon: 'UpdateAddon',
};

const CALL_EFFECT: Readonly<Record<FaultOf<'call'>['effect'], Fault['effect']>> = {
  throttled: { kind: 'throttle' },
  'server-error': { kind: 'error', name: 'ServerException' },
  'answer-lost': { kind: 'answer-lost' },
  'answered-in-use': { kind: 'answer-lost', seenAs: 'ResourceInUseException' },
  'answered-invalid': { kind: 'answer-lost', seenAs: 'InvalidRequestException' },
  delayed: { kind: 'delay', beforeMilliseconds: 8_000, afterMilliseconds: 4_000 },
};

/** Arms the fake EKS: calls that fail, updates that fail or hang, and actions of others. `start` is the beginning of the run. */
export function armEks(eks: FakeEks, planned: readonly PlannedFault[], start: Date): void {
  for (const { operation, skip, times, effect } of faultsOf(planned, 'call')) {
    eks.faults.add({ skip, times, effect: CALL_EFFECT[effect], ...(operation === undefined ? {} : { operation }) });
  }
  for (const { cluster: name, part } of faultsOf(planned, 'update-fails')) {
    const cluster = clusterNamed(eks.state, name);
    if (cluster !== undefined) planFailure(eks, cluster, part);
  }
  for (const { cluster: name, from, of } of faultsOf(planned, 'regression')) {
    const cluster = clusterNamed(eks.state, name);
    if (cluster !== undefined && of === 'rates') addFailing(cluster, from);
    else if (cluster !== undefined) addCrashing(cluster, from, eks.state.now);
  }
  const lags = faultsOf(planned, 'list-lag').map(({ seconds }) => seconds);
  if (lags.length > 0) eks.state.listLagSeconds = Math.max(...lags);
  const slow = faultsOf(planned, 'slow-insights').map(({ seconds }) => seconds);
  if (slow.length > 0) eks.state.slowestRefreshSeconds = Math.max(...slow);
  hangUpdates(eks, planned);
  deleteNodegroups(eks, planned);
  const at = ({ minute }: { minute: number }) => start.getTime() + minute * 60_000;
  for (const fault of faultsOf(planned, 'foreign-update')) {
    const cluster = clusterNamed(eks.state, fault.cluster);
    const actor = cluster === undefined ? undefined : foreignUpdate(cluster, fault.part, at(fault));
    if (actor !== undefined) eks.addActor(actor);
  }
  for (const fault of faultsOf(planned, 'deleted')) {
    const cluster = clusterNamed(eks.state, fault.cluster);
    if (cluster === undefined) continue;
    const { account, region, name } = cluster;
    eks.addActor({
      at: at(fault),
      account,
      region,
      do: fault.recreated ? 'recreate-cluster' : 'delete-cluster',
      cluster: name,
    });
  }
}

/** It applies to the first update of that kind that EKS accepts. */
function planFailure(eks: FakeEks, { name, nodegroups, addons }: ClusterRecord, part: Part): void {
  const [group] = nodegroups;
  const [addon] = addons;
  const common = { clusterName: name, errorMessage: 'planned by the simulation' };
  if (part === 'node-group' && group !== undefined)
    eks.state.plannedFailures.push({
      ...common,
      type: 'VersionUpdate',
      nodegroupName: group.name,
      errorCode: 'NodeCreationFailure',
    });
  else if (part === 'addon' && addon !== undefined)
    eks.state.plannedFailures.push({
      ...common,
      type: 'AddonUpdate',
      addonName: addon.name,
      errorCode: 'ConfigurationConflict',
    });
  else eks.state.plannedFailures.push({ ...common, type: 'VersionUpdate', errorCode: 'Unknown' });
}

/** The end of an update, or the next step of a node group's update, comes hours later. */
function hangUpdates(eks: FakeEks, planned: readonly PlannedFault[]): void {
  const left = [...faultsOf(planned, 'update-hangs')];
  if (left.length === 0) return;
  eks.faults.afterOperation.push(({ operation, input }) => {
    const { name, clusterName } = input as { name?: string; clusterName?: string };
    const index = left.findIndex(
      (fault) => OPERATION[fault.part] === operation && fault.cluster === (clusterName ?? name),
    );
    const [fault] = index < 0 ? [] : left.splice(index, 1);
    if (fault === undefined) return;
    const cluster = clusterNamed(eks.state, fault.cluster);
    const update = cluster?.updates.at(-1);
    for (const timer of eks.state.timers)
      if ('updateId' in timer.event && timer.event.updateId === update?.id && timer.event.kind !== 'update-visible')
        timer.at += fault.hours * 3_600_000;
    eks.state.timers.sort((a, b) => a.at - b.at || a.sequence - b.sequence);
  });
}

/** For each fault the group is deleted during the first update of a node group in its cluster. */
function deleteNodegroups(eks: FakeEks, planned: readonly PlannedFault[]): void {
  const left = [...faultsOf(planned, 'node-group-deleted')];
  if (left.length === 0) return;
  eks.faults.afterOperation.push(({ operation, input, caller: { account, region } }) => {
    if (operation !== OPERATION['node-group']) return;
    const { clusterName, nodegroupName = '' } = input as { clusterName?: string; nodegroupName?: string };
    const index = left.findIndex(({ cluster }) => cluster === clusterName);
    const [fault] = index < 0 ? [] : left.splice(index, 1);
    if (fault === undefined) return;
    const { cluster, minutes, recreated } = fault;
    const at = eks.state.now + minutes * 60_000;
    eks.addActor({ at, account, region, do: 'delete-node-group', cluster, nodegroup: nodegroupName, recreated });
  });
}

function foreignUpdate(cluster: ClusterRecord, part: Part, at: number): OutsideActor | undefined {
  const { account, region, name, version, nodegroups, addons } = cluster;
  const principal = `arn:aws:iam::${account}:role/terraform`;
  const operation = OPERATION[part];
  const by = { at, account, region, do: 'operation', principal, operation } as const;
  if (part === 'control-plane')
    return { ...by, input: { name, version: KubeVersion.parse(version).next().toString() } };
  const [group] = nodegroups;
  if (part === 'node-group')
    return group === undefined ? undefined : { ...by, input: { clusterName: name, nodegroupName: group.name } };
  const [addon] = addons;
  if (addon === undefined) return undefined;
  return {
    ...by,
    input: { clusterName: name, addonName: addon.name, addonVersion: addon.version, resolveConflicts: 'OVERWRITE' },
  };
}

function addCrashing({ kubernetes }: ClusterRecord, from: string, now: number): void {
  if (kubernetes.workloads.some(({ namespace }) => namespace === 'shop')) return;
  const labels = { app: 'web' };
  const workload = { kind: 'Deployment', namespace: 'shop', name: 'web', replicas: 1, labels, image: 'web:1' } as const;
  kubernetes.workloads.push({ ...workload, labels: { ...labels }, crashesFromKubelet: from });
  schedulePods(kubernetes, now);
}

/** The factor is high, so that the rise is proved within the time that a policy waits. */
function addFailing(cluster: ClusterRecord, from: string): void {
  const worse = { from, times: 12 };
  cluster.apiErrors = worse;
  for (const series of cluster.prometheus ?? []) series.worse = { errors: worse, seconds: worse };
}
