import { stopFleet } from '../../core/operations/fleet-switch.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import type { World } from '../../simulator/process/world.ts';
import { hours, PERSON, recordOf, type SmallFleet, smallFleet } from '../behaviour/small-fleet.ts';
import { failing, staged } from '../behaviour/staged-fleet.ts';
import { actsOf, policyOf } from './acts.ts';

const clusters = [...staged('dev', ['d1', 'd2']), ...staged('prod', ['p1', 'p2'])];

async function after(count: number, fleet: Omit<SmallFleet, 'clusters'> = {}): Promise<World> {
  const world = await smallFleet({ clusters, policy: policyOf(), ...fleet });
  await hours(world, count);
  return world;
}

const halted = (): Promise<World> => after(3, { prepare: failing('d1') });

async function goingBack(): Promise<World> {
  const world = await after(5);
  await requestRollback(world.ports, await recordOf(world, 'd1'), PERSON, { approve: true, reason: 'it is slow' });
  await hours(world, 0.2);
  return world;
}

async function stopped(world: World): Promise<World> {
  await stopFleet(world.ports, PERSON, 'look first');
  await hours(world, 0.5);
  return world;
}

/** Somebody has tagged a cluster in EKS, and discovery has not seen it. */
async function tagged(name: string, world: World): Promise<World> {
  for (const cluster of Object.values(world.eks.state.clusters))
    if (cluster.name === name) cluster.tags = { ...cluster.tags, 'liftlock/paused': 'true' };
  return world;
}

/** Moments at which people and steps get into each other's way. */
export const MOMENTS: Readonly<Record<string, () => Promise<World>>> = {
  'before the first change': async () => tagged('d2', await after(1 / 30)),
  'while a wave bakes': () => after(5, { policy: policyOf({ bake: '12h' }, { approval: undefined }) }),
  'once the rollout has halted': async () => tagged('d1', await halted()),
  'while a cluster goes back': goingBack,
  'while a hop waits for the fleet': async () => stopped(await after(0.4)),
};

/** Something has happened that the next look acts on. */
async function justAfter(name: string, world: World): Promise<World> {
  const act = (await actsOf(world))[name];
  if (act === undefined) throw new Error(`nothing is called ${name} here`);
  await act(world.ports);
  return world;
}

/** d1 has arrived, and nobody has looked since. */
async function arrived(): Promise<World> {
  const world = await after(0.4);
  const hasArrived = () => world.table.auditTimeline().some(({ event }) => event === 'UpgradeSucceeded');
  while (!hasArrived()) await world.clock.runUntil(new Date(world.clock.now().getTime() + 100));
  return world;
}

/** Moments at which the reconciler has something to do. */
export const TURNS: Readonly<Record<string, () => Promise<World>>> = {
  'when a cluster has been upgraded': arrived,
  'when a cluster has failed': async () => justAfter('d1 has failed', await after(0.4)),
  'when a wave is approved': async () => justAfter('approve', await after(5)),
  'when failures are accepted': async () => justAfter('accept failures', await halted()),
  'when a rollout is aborted': async () => justAfter('abort', await halted()),
  'when the fleet goes on': async () =>
    tagged('d2', await justAfter('resume the fleet', await stopped(await after(0.4)))),
  'when a policy has changed': async () => justAfter('apply another policy', await after(5)),
};
