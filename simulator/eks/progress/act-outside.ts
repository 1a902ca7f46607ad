import { terminateNode } from '../../kubernetes/drain.ts';
import { ownerOf, schedulePods } from '../../kubernetes/schedule-pods.ts';
import { installSystemWorkload } from '../../kubernetes/system-workloads.ts';
import { launchNodes } from '../add-cluster.ts';
import { clusterArn, findNodegroup } from '../clusters.ts';
import { randomUuid } from '../identifiers.ts';
import { newCluster } from '../new-cluster.ts';
import type { World } from '../operation-context.ts';
import { serve } from '../operations/serve.ts';
import type { ClusterRecord } from '../state/cluster-record.ts';
import type { NodegroupRecord } from '../state/nodegroup-record.ts';
import { updateInProgress } from '../updates.ts';
import { removeCluster } from './advance.ts';
import { forceUpgrade, scheduleAutoUpgrade } from './auto-upgrade.ts';
import { forgetNodegroup } from './nodegroup-life.ts';
import type { OutsideActor } from './outside-actor.ts';

/** Performs an actor's action; a failed one is noted in `actorFailures` and has no effect. */
export function actOutside(world: World, index: number): void {
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
  cluster.addons = old.addons.map((addon) => ({ ...structuredClone(addon), createdAt: world.now }));
  for (const addon of cluster.addons) installSystemWorkload(cluster.kubernetes, addon.name, addon.version);
  world.state.clusters[cluster.arn] = cluster;
  scheduleAutoUpgrade(world, cluster);
}
