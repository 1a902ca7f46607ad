import { cordon, drainPass, terminateNode } from '../../kubernetes/drain.ts';
import { launchNode } from '../../kubernetes/launch-node.ts';
import { ownerOf, schedulePods } from '../../kubernetes/schedule-pods.ts';
import { installSystemWorkload } from '../../kubernetes/system-workloads.ts';
import { launchNodes } from '../add-cluster.ts';
import { clusterArn, findNodegroup } from '../clusters.ts';
import { randomUuid } from '../identifiers.ts';
import { refreshInsights, refreshWhenDue } from '../insights/refresh.ts';
import { newCluster } from '../new-cluster.ts';
import { nodeImage, nodeImageLabel } from '../node-image.ts';
import { draw, type World } from '../operation-context.ts';
import { serve } from '../operations/serve.ts';
import type {
  AddonRecord,
  ClusterRecord,
  FakeEksState,
  NodegroupRecord,
  UpdateRecord,
} from '../state/fake-eks-state.ts';
import { reportedVersion } from '../support-calendar.ts';
import { endUpdate, laterForNodegroup, updateInProgress } from '../updates.ts';
import { driftAutoModeNodes, rollBackAutoModeNodes } from './auto-mode.ts';
import { autoUpgradeWhenDue, forceUpgrade } from './auto-upgrade.ts';
import { endControlPlaneUpdate } from './control-plane.ts';
import { scheduleAutoUpgrade } from './end-of-support.ts';
import type { OutsideActor } from './outside-actor.ts';
import { stepRoll } from './roll.ts';
import type { ClusterEventKind, ClusterReference, Timer } from './timer.ts';

/** Runs every event that is due up to `now`, in order and at its own time. Time never goes back. */
export function advance(state: FakeEksState, now: number, world: Omit<World, 'now' | 'state'>): void {
  for (;;) {
    const timer = state.timers[0];
    if (timer === undefined || timer.at > now) break;
    state.timers.shift();
    state.now = Math.max(state.now, timer.at);
    fire({ ...world, state, now: timer.at }, timer);
  }
  state.now = Math.max(state.now, now);
}

function fire(world: World, timer: Timer): void {
  const { event } = timer;
  if (event.kind === 'actor') {
    actOutside(world, event.index);
    return;
  }
  const cluster = livingCluster(world.state, event);
  if (cluster === undefined) return;
  refreshWhenDue(world.state, cluster, world.now);
  if (event.kind === 'nodegroup-step') {
    const nodegroup = cluster.nodegroups.find(({ arn }) => arn === event.nodegroupArn);
    if (nodegroup !== undefined) stepNodegroup(world, cluster, nodegroup);
    return;
  }
  const update = cluster.updates.find((each) => each.id === event.updateId);
  if (update !== undefined) fireUpdate(world, cluster, update, event.kind);
  else fireCluster(world, cluster, event.kind);
}

function fireUpdate(world: World, cluster: ClusterRecord, update: UpdateRecord, kind: ClusterEventKind): void {
  if (kind === 'auto-mode-nodes') {
    rollBackAutoModeNodes(world, cluster, update);
    return;
  }
  if (update.status !== 'InProgress') return;
  const nodegroup = cluster.nodegroups.find((each) => each.name === update.nodegroupName);
  const addon = cluster.addons.find((each) => each.name === update.addonName);
  if (kind === 'update-visible') (nodegroup ?? addon ?? cluster).status = 'UPDATING';
  else if (kind === 'control-plane-ends') endControlPlaneUpdate(world, cluster, update);
  else if (kind === 'config-ends') endConfigUpdate(world, cluster, update);
  else if (kind === 'addon-ends' && addon !== undefined) endAddonUpdate(world, cluster, addon, update);
  else if (kind === 'roll' && nodegroup?.roll?.updateId === update.id) {
    stepRoll(world, cluster, nodegroup, nodegroup.roll);
  }
}

function fireCluster(world: World, cluster: ClusterRecord, kind: ClusterEventKind): void {
  if (kind === 'cluster-created') cluster.status = 'ACTIVE';
  else if (kind === 'cluster-deleted') removeCluster(world, cluster);
  else if (kind === 'auto-upgrade') autoUpgradeWhenDue(world, cluster);
  else if (kind === 'auto-mode-drift') driftAutoModeNodes(world, cluster);
  else if (kind === 'insights-refreshed') {
    refreshInsights(world.state, cluster, world.now);
    const startedAt = cluster.insights.refresh?.startedAt ?? world.now;
    cluster.insights.refresh = {
      status: 'COMPLETED',
      message: 'Insights refresh completed',
      startedAt,
      endedAt: world.now,
    };
  }
}

/** Removes a cluster from the world; its running work ends with it. */
function removeCluster(world: World, cluster: ClusterRecord): void {
  cluster.deletedAt = world.now;
  for (const update of cluster.updates) {
    if (update.status === 'InProgress') Object.assign(update, { status: 'Cancelled', endedAt: world.now });
  }
  delete world.state.clusters[cluster.arn];
  world.state.gone.push(cluster);
}

function livingCluster(state: FakeEksState, reference: ClusterReference): ClusterRecord | undefined {
  const cluster = state.clusters[reference.arn];
  return cluster?.createdAt === reference.createdAt ? cluster : undefined;
}

/** An add-on update ends: the new version runs, or the add-on says UPDATE_FAILED with its issue (facts: eks.md §7). */
function endAddonUpdate(world: World, cluster: ClusterRecord, addon: AddonRecord, update: UpdateRecord): void {
  addon.modifiedAt = world.now;
  const failure = update.plannedFailure;
  if (failure !== undefined) {
    update.errors.push({ ...failure, resourceIds: [addon.name] });
    addon.status = 'UPDATE_FAILED';
    addon.healthIssues = [{ code: failure.errorCode, message: failure.errorMessage, resourceIds: [addon.name] }];
    endUpdate(world, update, 'Failed');
    return;
  }
  const value = (type: string) => update.params.find((parameter) => parameter.type === type)?.value;
  addon.version = update.toVersion ?? addon.version;
  addon.status = 'ACTIVE';
  addon.healthIssues = [];
  const role = value('ServiceAccountRoleArn');
  if (role !== undefined) addon.serviceAccountRoleArn = role;
  const configuration = value('ConfigurationValues');
  if (configuration !== undefined) addon.configurationValues = configuration;
  // An empty list deletes the associations; without the member they stay (facts: eks.md §7).
  if (value('PodIdentityAssociations') === '[]') addon.podIdentityAssociations = [];
  if (value('ResolveConflicts') === 'OVERWRITE') addon.customised = false;
  installSystemWorkload(cluster.kubernetes, addon.name, addon.version);
  schedulePods(cluster.kubernetes, world.now);
  endUpdate(world, update, 'Successful');
}

/** Applies a change of the upgrade policy or of a node group's settings. */
function endConfigUpdate(world: World, cluster: ClusterRecord, update: UpdateRecord): void {
  const nodegroup = cluster.nodegroups.find((each) => each.name === update.nodegroupName);
  if (nodegroup === undefined) cluster.status = 'ACTIVE';
  else nodegroup.status = 'ACTIVE';
  if (update.plannedFailure !== undefined) {
    update.errors.push({ ...update.plannedFailure, resourceIds: [nodegroup?.name ?? cluster.name] });
    endUpdate(world, update, 'Failed');
    return;
  }
  const value = (type: string) => update.params.find((parameter) => parameter.type === type)?.value;
  const policy = value('UpgradePolicy');
  if (policy !== undefined) {
    cluster.supportType = policy.includes('STANDARD') ? 'STANDARD' : 'EXTENDED';
    scheduleAutoUpgrade(world, cluster);
  }
  if (nodegroup !== undefined) applySettings(world, cluster, nodegroup, value);
  endUpdate(world, update, 'Successful');
}

function applySettings(
  world: World,
  cluster: ClusterRecord,
  nodegroup: NodegroupRecord,
  value: (type: string) => string | undefined,
): void {
  const number = (type: string) => (value(type) === undefined ? undefined : Number(value(type)));
  const { scalingConfig } = nodegroup;
  nodegroup.scalingConfig = {
    minSize: number('MinSize') ?? scalingConfig.minSize,
    maxSize: number('MaxSize') ?? scalingConfig.maxSize,
    desiredSize: number('DesiredSize') ?? scalingConfig.desiredSize,
  };
  const maxUnavailable = number('MaxUnavailable');
  const maxUnavailablePercentage = number('MaxUnavailablePercentage');
  const updateStrategy = value('UpdateStrategy') ?? nodegroup.updateConfig.updateStrategy;
  const strategy = updateStrategy === undefined ? {} : { updateStrategy: updateStrategy as 'DEFAULT' | 'MINIMAL' };
  if (maxUnavailable !== undefined) nodegroup.updateConfig = { maxUnavailable, ...strategy };
  if (maxUnavailablePercentage !== undefined) nodegroup.updateConfig = { maxUnavailablePercentage, ...strategy };
  Object.assign(nodegroup.labels, JSON.parse(value('LabelsToAdd') ?? '{}'));
  for (const label of JSON.parse(value('LabelsToRemove') ?? '[]') as string[]) delete nodegroup.labels[label];
  nodegroup.modifiedAt = world.now;
  resize(world, cluster, nodegroup);
}

/** A change of the size ignores PodDisruptionBudgets (facts: eks.md §5.1). */
function resize(world: World, cluster: ClusterRecord, nodegroup: NodegroupRecord): void {
  const { kubernetes } = cluster;
  const nodes = kubernetes.nodes.filter((node) => node.nodegroupName === nodegroup.name);
  for (const node of nodes.slice(nodegroup.scalingConfig.desiredSize)) terminateNode(kubernetes, node.name, world.now);
  const image = nodegroup.launches?.image ?? nodeImage(nodegroup.releaseVersion, nodegroup.launchTemplate);
  for (let missing = nodegroup.scalingConfig.desiredSize - nodes.length; missing > 0; missing--) {
    launchNode(kubernetes, {
      nodegroupName: nodegroup.name,
      kubeletVersion:
        nodegroup.launches?.kubeletVersion ??
        nodes[0]?.kubeletVersion ??
        reportedVersion(world.state.supportCalendar, nodegroup.version),
      readyAt: world.now + draw(world.random, world.timing.nodeJoin),
      region: cluster.region,
      zones: nodegroup.description.subnets?.length ?? 1,
      labels: { ...nodegroup.labels, [nodeImageLabel]: image },
    });
  }
}

/** Performs an actor's action; a failed one is noted in `actorFailures` and has no effect. */
function actOutside(world: World, index: number): void {
  const actor = world.state.actors[index];
  if (actor === undefined) return;
  try {
    act(world, actor);
  } catch (error) {
    const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    world.state.actorFailures.push({ at: world.now, actor, error: words });
  }
}

function act(world: World, actor: OutsideActor): void {
  if (actor.do === 'operation') {
    const caller = { account: actor.account, region: actor.region, principal: actor.principal };
    serve({ ...world, caller }, actor.operation, actor.input);
    return;
  }
  const cluster = world.state.clusters[clusterArn(actor.account, actor.region, actor.cluster)];
  if (cluster === undefined) throw new Error(`There is no cluster ${actor.cluster}.`);
  if (actor.do === 'auto-upgrade') {
    if (updateInProgress(cluster) !== undefined) throw new Error(`Cluster ${cluster.name} is being updated.`);
    forceUpgrade(world, cluster);
  } else if (actor.do === 'delete-cluster') removeCluster(world, cluster);
  else if (actor.do === 'recreate-cluster') recreate(world, cluster, actor.version ?? cluster.version);
  else if (actor.do === 'delete-node-group') deleteNodegroup(world, cluster, actor);
  else if (actor.do === 'delete-pod-disruption-budget') {
    cluster.kubernetes.podDisruptionBudgets = cluster.kubernetes.podDisruptionBudgets.filter(
      (budget) => budget.namespace !== actor.namespace || budget.name !== actor.name,
    );
  } else if (actor.do === 'deploy') deploy(world, cluster, actor);
  else {
    for (const client of cluster.insights.apiUsage
      .filter((usage) => usage.usage === actor.usage)
      .flatMap((usage) => usage.clients)) {
      if (client.active) Object.assign(client, { active: false, lastRequestTime: world.now });
    }
  }
}

/** All its pods are recreated at once, without a rolling update. */
function deploy(
  { now }: World,
  { kubernetes }: ClusterRecord,
  { namespace, name, image, crashes }: Extract<OutsideActor, { do: 'deploy' }>,
): void {
  const workload = kubernetes.workloads.find((one) => one.namespace === namespace && one.name === name);
  if (workload === undefined) throw new Error(`There is no workload ${namespace}/${name}.`);
  Object.assign(workload, { image, deployedAt: now });
  delete workload.crashesFromKubelet;
  if (crashes) workload.crashesFromKubelet = '1.0';
  kubernetes.pods = kubernetes.pods.filter(({ owner }) => owner !== ownerOf(workload));
  schedulePods(kubernetes, now);
}

/** Its nodes are removed with it. Another one with its name has nodes of the old one's version. */
function deleteNodegroup(
  world: World,
  cluster: ClusterRecord,
  { nodegroup: name, recreated }: { nodegroup: string; recreated: boolean },
): void {
  const old = findNodegroup(cluster, name);
  const { kubernetes } = cluster;
  for (const node of kubernetes.nodes) if (node.nodegroupName === name) terminateNode(kubernetes, node.name, world.now);
  forgetNodegroup(world, cluster, old);
  if (!recreated) return;
  const { roll: _roll, launches: _launches, ...rest } = structuredClone(old);
  const arn = old.arn.replace(/[^/]*$/, randomUuid(world.random));
  const created: NodegroupRecord = { ...rest, arn, createdAt: world.now, modifiedAt: world.now, status: 'ACTIVE' };
  cluster.nodegroups.push({ ...created, healthIssues: [] });
  launchNodes(world.state, cluster, created);
}

/** Same name and ARN, a new creation time, because names are not keys (facts: eks.md §12). */
function recreate(world: World, old: ClusterRecord, version: string): void {
  removeCluster(world, old);
  const { account, region, name } = old;
  const cluster = newCluster(world.state, { account, region, name, version, createdAt: world.now, status: 'ACTIVE' });
  cluster.tags = { ...old.tags };
  cluster.supportType = old.supportType;
  cluster.accessEntries = structuredClone(old.accessEntries);
  cluster.kubernetes.access = structuredClone(old.kubernetes.access);
  cluster.addons = old.addons.map((addon) => ({
    ...structuredClone(addon),
    status: 'ACTIVE' as const,
    healthIssues: [],
    createdAt: world.now,
  }));
  for (const addon of cluster.addons) installSystemWorkload(cluster.kubernetes, addon.name, addon.version);
  world.state.clusters[cluster.arn] = cluster;
  scheduleAutoUpgrade(world, cluster);
}

/** EKS waits this long for pods of a deleted group; it says "a few minutes" (EKS user guide, delete-managed-node-group). */
const drainMilliseconds = 5 * 60_000;

/** One step in the creation or deletion of a node group. */
function stepNodegroup(world: World, cluster: ClusterRecord, nodegroup: NodegroupRecord): void {
  if (nodegroup.status === 'CREATING') create(world, cluster, nodegroup);
  else if (nodegroup.status === 'DELETING') takeDown(world, cluster, nodegroup);
}

/** The nodes are launched first; the group is ACTIVE when all have joined. */
function create(world: World, cluster: ClusterRecord, nodegroup: NodegroupRecord): void {
  const { kubernetes } = cluster;
  const missing = nodegroup.scalingConfig.desiredSize - nodesOf(cluster, nodegroup).length;
  if (missing <= 0) {
    Object.assign(nodegroup, { status: 'ACTIVE', modifiedAt: world.now });
    schedulePods(kubernetes, world.now);
    return;
  }
  let slowest = 0;
  for (let count = missing; count > 0; count--) {
    const join = draw(world.random, world.timing.nodeJoin);
    slowest = Math.max(slowest, join);
    launchNode(kubernetes, {
      nodegroupName: nodegroup.name,
      kubeletVersion: reportedVersion(world.state.supportCalendar, nodegroup.version),
      readyAt: world.now + join,
      region: cluster.region,
      zones: Math.max(1, nodegroup.description.subnets?.length ?? 1),
      labels: { ...nodegroup.labels, [nodeImageLabel]: nodeImage(nodegroup.releaseVersion, nodegroup.launchTemplate) },
    });
  }
  laterForNodegroup(world, cluster, nodegroup, slowest + 1_000);
}

function takeDown(world: World, cluster: ClusterRecord, nodegroup: NodegroupRecord): void {
  const { kubernetes } = cluster;
  const nodes = nodesOf(cluster, nodegroup);
  for (const { name } of nodes) cordon(kubernetes, name);
  const isLate = world.now - (nodegroup.deletedAt ?? world.now) >= drainMilliseconds;
  for (const { name } of nodes)
    if (drainPass(cluster, name, world.now).length === 0 || isLate) terminateNode(kubernetes, name, world.now);
  if (nodesOf(cluster, nodegroup).length === 0) forgetNodegroup(world, cluster, nodegroup);
  else laterForNodegroup(world, cluster, nodegroup, draw(world.random, world.timing.drain));
}

/** It is removed, and its updates can no longer be read, because another one may have its name. */
function forgetNodegroup(world: World, cluster: ClusterRecord, nodegroup: NodegroupRecord): void {
  cluster.nodegroups = cluster.nodegroups.filter((each) => each !== nodegroup);
  for (const update of cluster.updates) {
    if (update.nodegroupName !== nodegroup.name) continue;
    update.nodegroupName = `${nodegroup.name} of ${new Date(nodegroup.createdAt).toISOString()}`;
    if (update.status === 'InProgress') endUpdate(world, update, 'Cancelled');
  }
}

const nodesOf = ({ kubernetes }: ClusterRecord, { name }: NodegroupRecord) =>
  kubernetes.nodes.filter((node) => node.nodegroupName === name);
