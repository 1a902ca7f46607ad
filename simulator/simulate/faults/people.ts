import type { ClusterRecord } from '../../../core/contracts/items/cluster.ts';
import { LIFTLOCK } from '../../../core/contracts/names.ts';
import { recordCluster } from '../../../core/inventory/record-cluster.ts';
import { breakGlassOfCluster, breakGlassOfWave, mendGlassOfCluster } from '../../../core/operations/break-glass.ts';
import { resumeFleet, stopFleet } from '../../../core/operations/fleet-switch.ts';
import { releaseCluster, retryCluster } from '../../../core/operations/hold-switch.ts';
import { promoteRollout } from '../../../core/operations/promote-rollout.ts';
import { requestRollback } from '../../../core/operations/request-rollback.ts';
import { abortRollout, pauseRollout, resumeRollout } from '../../../core/operations/rollout-orders.ts';
import { skipCluster } from '../../../core/operations/skip-cluster.ts';
import { voteOnWave } from '../../../core/operations/vote-on-wave.ts';
import type { AddonInfo } from '../../../core/ports/eks.ts';
import { Clusters, Grants, Members, Rollouts, Upgrades, Waves } from '../../../core/store/entities.ts';
import { load, loadKind } from '../../../core/store/entity.ts';
import { KubeVersion } from '../../../core/version/kube-version.ts';
import { MACHINE_ARN_PREFIX } from '../../process/machines.ts';
import type { World } from '../../process/world.ts';
import { releaseSuspects } from '../people/on-call.ts';
import { tried } from '../people/tried.ts';
import type { FaultOf, Later } from './planned-fault.ts';

const OPERATOR = 'arn:aws:iam::000000000000:role/operator';
/** The number of failed clusters that are retried at once. */
const MOST_RETRIED = 3;

/** Performs a person's action. */
export async function actAsPerson(world: World, { does, minutes }: FaultOf<'person'>, later: Later): Promise<void> {
  switch (does) {
    case 'pause':
      return pause(world, minutes, later);
    case 'stop-fleet':
      await stopFleet(world.ports, OPERATOR, 'something looks wrong');
      later(minutes, async () => void (await resumeFleet(world.ports, OPERATOR)));
      return;
    case 'abort':
      for (const { id } of await rollouts(world)) await tried(abortRollout(world.ports, id, OPERATOR, 'not today'));
      return;
    case 'resume':
      for (const { id } of await rollouts(world)) await tried(resumeRollout(world.ports, id, OPERATOR, 'seen'));
      return;
    case 'accept-failures':
      for (const { id } of await rollouts(world))
        await tried(resumeRollout(world.ports, id, OPERATOR, 'known', { acceptFailures: true }));
      return;
    case 'promote':
      for (const { id } of await rollouts(world)) await tried(promoteRollout(world.ports, id, OPERATOR, 'seen enough'));
      return;
    case 'withdraw':
      return withdraw(world);
    case 'skip':
      return skipWaiting(world);
    case 'release-traits':
      for (const { id } of await rollouts(world)) await releaseSuspects(world, id, OPERATOR);
      return;
    case 'release':
      return eachFailed(world, releaseCluster);
    case 'retry':
      return eachFailed(world, retryCluster);
    case 'stop-execution':
      return stopExecution(world);
    case 'start-by-hand':
      return startByHand(world);
    case 'start-another':
      return startAnother(world);
    case 'start-in-bake':
      return startInBake(world);
    case 'roll-back':
      return rollSomeBack(world);
    case 'revert':
      // An account may deny all callers.
      await tried(revertOne(world, later));
      return;
    case 'break-glass':
      return breakSomeGlass(world, minutes, later);
  }
}

/** For the waves that have begun, and for the cluster that was seen last, which need not be the only one whose window is closed. */
async function breakSomeGlass(world: World, minutes: number, later: Later): Promise<void> {
  const order = { by: OPERATOR, reason: 'it cannot wait', milliseconds: minutes * 60_000 };
  for (const { rolloutId, name, status } of await loadKind(world.table, Waves))
    if (status === 'Open') await tried(breakGlassOfWave(world.ports, rolloutId, name, order));
  const cluster = (await loadKind(world.table, Clusters)).findLast(({ deletedAt }) => deletedAt === undefined);
  if (cluster === undefined) return;
  await tried(breakGlassOfCluster(world.ports, cluster, order));
  later(
    Math.ceil(minutes / 2),
    async () => void (await tried(mendGlassOfCluster(world.ports, cluster, OPERATOR, 'seen'))),
  );
}

async function pause(world: World, minutes: number, later: Later): Promise<void> {
  for (const { id } of await rollouts(world)) {
    const paused = await tried(pauseRollout(world.ports, id, OPERATOR, 'lunch'));
    if (paused) later(minutes, async () => void (await tried(resumeRollout(world.ports, id, OPERATOR))));
  }
}

async function eachFailed(world: World, act: typeof retryCluster): Promise<void> {
  const members = await loadKind(world.table, Members);
  const failed = members.filter((member) => member.status === 'Failed' || member.status === 'Blocked');
  for (const { clusterKey } of failed.slice(0, MOST_RETRIED)) await tried(act(world.ports, clusterKey, OPERATOR));
}

/** Skips the last waiting member of the plan. */
async function skipWaiting(world: World): Promise<void> {
  const members = await loadKind(world.table, Members);
  const last = members.findLast(({ status }) => status === 'Pending' || status === 'Quarantined');
  if (last !== undefined) await tried(skipCluster(world.ports, last.clusterKey, OPERATOR, 'its team asks for it'));
}

/** An approver withdraws an approval while the wave runs. */
async function withdraw(world: World): Promise<void> {
  const waves = await loadKind(world.table, Waves);
  for (const { rolloutId, name, status, approvals } of waves) {
    const by = approvals?.at(-1)?.principal;
    if (status !== 'Open' || by === undefined || by === LIFTLOCK) continue;
    await tried(voteOnWave(world.ports, rolloutId, name, { decision: 'Rejected', by, comment: 'not like this' }));
  }
}

async function stopExecution(world: World): Promise<void> {
  const [grant] = (await openGrants(world)).slice(-1);
  if (grant === undefined) return;
  await tried(
    world.runner.stopExecution({
      executionArn: grant.holder,
      error: 'StoppedByHand',
      cause: 'an operator pressed Stop',
    }),
  );
}

/**
 * A user starts an upgrade of a cluster whose upgrade already runs, and one that moves the control plane a minor further under a name that Liftlock
 * would give to a part of it.
 */
async function startByHand(world: World): Promise<void> {
  const [grant] = await openGrants(world);
  if (grant === undefined) return;
  const input = JSON.stringify({ cluster: grant.input.cluster, targetVersion: grant.input.targetVersion });
  const name = `by-hand-${grant.number}-${grant.executionName}`.slice(0, 80);
  await tried(world.runner.startExecution({ machineArn: `${MACHINE_ARN_PREFIX}upgrade-cluster`, name, input }));
  const further = KubeVersion.parse(String(grant.input.targetVersion)).next().toString();
  await tried(
    world.runner.startExecution({
      machineArn: `${MACHINE_ARN_PREFIX}upgrade-control-plane`,
      name: `${grant.executionName}--upgrade-control-plane-cluster-9`,
      input: JSON.stringify({ cluster: grant.input.cluster, targetVersion: further }),
    }),
  );
}

/** The last two clusters whose control planes have moved go back: one by a request, the other by a manual start. */
async function rollSomeBack(world: World): Promise<void> {
  const moved = (await loadKind(world.table, Upgrades)).filter(
    ({ controlPlaneCompletedAt, status }) => controlPlaneCompletedAt !== undefined && status !== 'RolledBack',
  );
  for (const [index, { clusterKey, from }] of moved.slice(-2).entries()) {
    const cluster = (await load(world.table, Clusters, clusterKey))?.data;
    if (cluster === undefined) continue;
    const input = JSON.stringify({ cluster: cluster.arn, targetVersion: from });
    const name = `back-${index}-${world.clock.now().getTime()}`;
    await tried(
      index === 0
        ? requestRollback(world.ports, cluster, OPERATOR, { approve: true })
        : world.runner.startExecution({ machineArn: `${MACHINE_ARN_PREFIX}rollback-cluster`, name, input }),
    );
  }
}

/** Minutes after its node groups and add-ons are told to go back; EKS refuses it until they have. */
const REVERTED_AFTER = [1, 45, 90, 180];

/** The owner of a cluster's version takes the last moved cluster back without Liftlock: nodes and add-ons first, then the control plane. */
async function revertOne(world: World, later: Later): Promise<void> {
  const moved = (await loadKind(world.table, Upgrades)).findLast(
    ({ controlPlaneCompletedAt, status }) => controlPlaneCompletedAt !== undefined && status !== 'RolledBack',
  );
  const cluster = moved && (await load(world.table, Clusters, moved.clusterKey))?.data;
  if (moved === undefined || cluster === undefined) return;
  const { account, region, name, nodegroups, addons } = cluster;
  const caller = { account, region, principal: `arn:aws:iam::${account}:role/terraform` };
  const ask = (operation: string, input: object) =>
    tried((async () => void world.eks.operation(operation, input, caller, world.clock.now()))());
  for (const group of nodegroups)
    await ask('UpdateNodegroupVersion', { clusterName: name, nodegroupName: group.name, version: moved.from });
  for (const { name: addonName } of addons) {
    const asked = { addonName, kubernetesVersion: moved.from };
    const { addons: offered } = world.eks.operation('DescribeAddonVersions', asked, caller, world.clock.now()) as {
      readonly addons: readonly AddonInfo[];
    };
    const addonVersion = offered[0]?.addonVersions[0]?.addonVersion;
    await ask('UpdateAddon', { clusterName: name, addonName, addonVersion });
  }
  // CloudTrail reports it some minutes later.
  later(3, async () => void (await tried(recordCluster(world.ports, { account, region, name, depth: 'deep' }))));
  for (const minutes of REVERTED_AFTER)
    later(minutes, async () => void (await ask('UpdateClusterVersion', { name, version: moved.from })));
}

/** A user starts the upgrade of a cluster that waits, or that belongs to no rollout. */
async function startAnother(world: World): Promise<void> {
  const busy = new Set((await openGrants(world)).map(({ clusterKey }) => clusterKey));
  const clusters = await loadKind(world.table, Clusters);
  const idle = clusters.findLast(({ clusterKey, deletedAt }) => deletedAt === undefined && !busy.has(clusterKey));
  if (idle === undefined) return;
  await startNextHop(world, idle);
}

/** A user starts the next hop of a cluster in its bake or watch, before the previous hop has ended. */
async function startInBake(world: World): Promise<void> {
  const upgrades = await loadKind(world.table, Upgrades);
  const bakes = upgrades.findLast(
    ({ status, reasons }) =>
      status === 'Parked' && reasons.some(({ code }) => code === 'Baking' || code === 'Watching'),
  );
  const cluster = bakes === undefined ? undefined : await load(world.table, Clusters, bakes.clusterKey);
  if (cluster !== undefined) await startNextHop(world, cluster.data);
}

async function startNextHop(world: World, { arn, version }: ClusterRecord): Promise<void> {
  const to = KubeVersion.parse(version).next().toString();
  const input = JSON.stringify({ cluster: arn, targetVersion: to });
  const name = `by-hand-${world.clock.now().getTime()}`;
  await tried(world.runner.startExecution({ machineArn: `${MACHINE_ARN_PREFIX}upgrade-cluster`, name, input }));
}

export async function openGrants(world: World) {
  const grants = await loadKind(world.table, Grants);
  return grants.filter((grant) => grant.status === 'open');
}

async function rollouts(world: World) {
  return await loadKind(world.table, Rollouts);
}
