import { schedulePods } from '../../kubernetes/schedule-pods.ts';
import { installSystemWorkload } from '../../kubernetes/system-workloads.ts';
import { refreshInsights, refreshWhenDue } from '../insights/refresh.ts';
import type { World } from '../operation-context.ts';
import type { AddonRecord, ClusterRecord } from '../state/cluster-record.ts';
import type { FakeEksState } from '../state/fake-eks-state.ts';
import type { UpdateRecord } from '../state/update-record.ts';
import { endUpdate } from '../updates.ts';
import { actOutside } from './act-outside.ts';
import { driftAutoModeNodes, rollBackAutoModeNodes } from './auto-mode.ts';
import { autoUpgradeWhenDue } from './auto-upgrade.ts';
import { endConfigUpdate } from './config.ts';
import { endControlPlaneUpdate } from './control-plane.ts';
import { stepNodegroup } from './nodegroup-life.ts';
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
export function removeCluster(world: World, cluster: ClusterRecord): void {
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
