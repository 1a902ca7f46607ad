import type { Upgrade } from '../../core/contracts/items/protocol.ts';
import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { Upgrades } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { MACHINE_ARN_PREFIX } from '../../simulator/process/machines.ts';
import type { World } from '../../simulator/process/world.ts';
import { onStep } from './on-step.ts';
import {
  clusterArn,
  discover,
  hours,
  membersOf,
  mutationsOf,
  onRecord,
  PERSON,
  recordOf,
  rolloutIdOf,
  run,
  smallFleet,
  startByHand,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';

const web = { name: 'web', version: '1.35', nodegroups: [{ name: 'workers' }] };
const baking = () => smallFleet({ clusters: [web], policy: { waves: [{ name: 'all', bake: '6h' }] } });
const to = (targetVersion: string) => ({ cluster: clusterArn('web'), targetVersion });
const ask = (world: World, machine: string, targetVersion: string, name = 'by-hand') =>
  world.runner.startExecution({
    machineArn: `${MACHINE_ARN_PREFIX}${machine}`,
    name,
    input: JSON.stringify(to(targetVersion)),
  });
const endedAfter = async (world: World, count: number, machine: string, targetVersion: string) => {
  const { executionArn } = await ask(world, machine, targetVersion, `by-hand-${machine}`);
  await hours(world, count);
  return world.runner.describeExecution(executionArn);
};
const states = async (world: World) => (await upgradesOf(world)).map(({ id, status }) => `${id} ${status}`);
const groupsOf = (world: World) =>
  Object.values(world.eks.state.clusters).flatMap(({ nodegroups }) => nodegroups.map(({ version }) => version));

/** The control plane is at 1.36 and bakes; its nodes are at 1.35. */
async function inItsBake(): Promise<World> {
  const world = await baking();
  await hours(world, 2);
  expect(await states(world)).toEqual(['1.35-1.36 Parked']);
  expect([versionOf(world, 'web'), groupsOf(world)]).toEqual(['1.36', ['1.35']]);
  return world;
}

/** The same without a bake: the fleet is stopped once the control plane has moved, and then the rollout is aborted. */
async function leftHalfDone(): Promise<World> {
  const world = await smallFleet({ clusters: [web], policy: { target: '1.36' } });
  onStep(world, 'upgrade-control-plane', 'done', 'web', () => stopFleet(world.ports, PERSON, 'look first'));
  await hours(world, 3);
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'not this month');
  await resumeFleet(world.ports, PERSON);
  await hours(world, 2);
  expect(await states(world)).toEqual(['1.35-1.36 Parked']);
  return world;
}

describe('the next minor of a cluster that bakes', () => {
  test.each(['upgrade-cluster', 'upgrade-control-plane'] as const)(
    'is not begun by %s: it waits until the nodes have followed, and says for what',
    async (machine) => {
      const world = await inItsBake();
      const ended = await startByHand(world, machine, to('1.37'));
      expect(ended.output).toContain('UpgradeUnderWay');
      await run(world);
      expect([versionOf(world, 'web'), groupsOf(world)]).toEqual(['1.37', ['1.37']]);
      expect((await membersOf(world)).map(({ status }) => status)).toEqual(['Succeeded']);
      const order = mutationsOf(world).filter(({ operation }) => operation !== 'UpdateAddon');
      expect(order.map(({ operation, request }) => `${operation} ${String(request.version)}`)).toEqual([
        'UpdateClusterVersion 1.36',
        'UpdateNodegroupVersion 1.36',
        'UpdateClusterVersion 1.37',
        'UpdateNodegroupVersion 1.37',
      ]);
    },
  );

  test('is told whose upgrade is under way, since when, and what ends it', async () => {
    const world = await inItsBake();
    const [bakes] = await upgradesOf(world);
    await ask(world, 'upgrade-cluster', '1.37');
    await hours(world, 0.2);
    const parked = (await upgradesOf(world)).find(({ id }) => id === '1.36-1.37');
    expect(parked).toMatchObject({ status: 'Parked', mutated: false, reasons: [{ code: 'UpgradeUnderWay' }] });
    const said = parked?.reasons[0]?.message ?? '';
    expect(said).toContain('from 1.35 to 1.36');
    expect(said).toContain(`which liftlock asked for in the rollout ${await rolloutIdOf(world)}`);
    expect(said).toContain(`under way since ${bakes?.startedAt}`);
    expect(said).toContain('Baking');
    expect(said).toContain('liftlock explain cluster web');
    // What would finish it may be refused now: explain says which command goes on, and what would refuse it.
    expect(said).not.toContain('liftlock upgrade');
  });

  test('is refused by liftlock upgrade with the same reason', async () => {
    const world = await inItsBake();
    const plan = await requestUpgrade(world.ports, await recordOf(world, 'web'), '1.37', PERSON, { approve: false });
    expect([plan.status, plan.refusals.map(({ code }) => code)]).toEqual(['Blocked', ['UpgradeUnderWay']]);
    const asked = requestUpgrade(world.ports, await recordOf(world, 'web'), '1.37', PERSON, { approve: true });
    await expect(asked).rejects.toMatchObject({ name: 'UpgradeBlocked' });
  });

  test('does not keep a person from rolling the nodes of the hop that bakes', async () => {
    const world = await inItsBake();
    expect(await endedAfter(world, 1, 'roll-node-group', '1.36')).toMatchObject({ status: 'SUCCEEDED' });
    expect(groupsOf(world)).toEqual(['1.36']);
    expect(await endedAfter(world, 1, 'update-addons', '1.36')).toMatchObject({ status: 'SUCCEEDED' });
    expect(await states(world)).toContain('1.35-1.36 Parked');
    await run(world);
    expect(versionOf(world, 'web')).toBe('1.37');
  });
});

test('a hop that is found half done between the decision and the grant is not followed by the next one', async () => {
  const half = async (inner: World): Promise<void> => {
    const { clusterKey } = await recordOf(inner, 'web');
    const upgrade: Upgrade = {
      clusterKey,
      id: '1.34-1.35',
      machine: 'upgrade-cluster',
      from: '1.34',
      to: '1.35',
      status: 'Parked',
      mutated: true,
      steps: {},
      requestedBy: PERSON,
      reasons: [],
      resumeAt: '2027-01-01T00:00:00.000Z',
    };
    const read = await load(inner.table, Upgrades, clusterKey, upgrade.id);
    await onRecord(inner, 'Found', replace(Upgrades, read, upgrade));
  };
  const fault: Fault = { when: 'before', operation: 'grant', effect: { kind: 'act', act: half } };
  const world = await smallFleet({ clusters: [web], policy: { trigger: 'manual' }, faults: [fault] });
  await discover(world);
  await ask(world, 'upgrade-cluster', '1.36');
  await hours(world, 1);
  expect(mutationsOf(world)).toEqual([]);
  expect((await upgradesOf(world)).find(({ id }) => id === '1.35-1.36')).toMatchObject({
    status: 'Parked',
    reasons: [{ code: 'UpgradeUnderWay' }],
  });
});

describe('a hop that an aborted rollout left half done', () => {
  test('stands in the way of the next one until a person finishes it, by the command that explain names', async () => {
    const world = await leftHalfDone();
    expect((await explainCluster(world.ports, await recordOf(world, 'web'))).when.condition).toBe(
      'Somebody runs: liftlock upgrade cluster web --to 1.36 --approve',
    );
    expect((await startByHand(world, 'upgrade-cluster', to('1.37'))).output).toContain('UpgradeUnderWay');
    const plan = await requestUpgrade(world.ports, await recordOf(world, 'web'), '1.36', PERSON, { approve: true });
    expect(plan).toMatchObject({ from: '1.35', to: '1.36', hops: ['1.36'], status: 'Started' });
    await run(world);
    expect(await states(world)).toEqual(['1.35-1.36 Succeeded', '1.36-1.37 Succeeded']);
    expect(groupsOf(world)).toEqual(['1.37']);
  });

  test('is finished by upgrade-cluster that a person starts for the version it is at', async () => {
    const world = await leftHalfDone();
    expect((await startByHand(world, 'upgrade-cluster', to('1.36'))).status).toBe('SUCCEEDED');
    await run(world);
    expect([await states(world), groupsOf(world)]).toEqual([['1.35-1.36 Succeeded'], ['1.36']]);
  });
});

test('a hop that its rollout goes on with is not taken from it, and is told as under way', async () => {
  const world = await inItsBake();
  const said = `which liftlock asked for in the rollout ${await rolloutIdOf(world)}, is under way since ${(await upgradesOf(world))[0]?.startedAt}`;
  const { cause } = await endedAfter(world, 1, 'upgrade-cluster', '1.36');
  expect(cause).toContain('UpgradeUnderWay');
  expect(cause).toContain(said);
  const plan = await requestUpgrade(world.ports, await recordOf(world, 'web'), '1.36', PERSON, { approve: false });
  expect([plan.status, plan.refusals.map(({ code }) => code)]).toEqual(['Blocked', ['UpgradeUnderWay']]);
  expect(plan.refusals[0]?.message).toContain(said);
});

test('a hop whose nodes roll is told as under way to who asks for its version', async () => {
  const policy = { target: '1.36', waves: [{ name: 'all', bake: '1h' }] };
  const world = await smallFleet({ clusters: [web], policy });
  const told: string[] = [];
  onStep(world, 'roll-node-group/workers', 'running', 'web', async () => {
    const plan = await requestUpgrade(world.ports, await recordOf(world, 'web'), '1.36', PERSON, { approve: false });
    told.push(...plan.refusals.map(({ code }) => code));
  });
  await run(world);
  expect(told).toEqual(['UpgradeUnderWay']);
});

test('an upgrade by hand that parked half done is taken up again by whoever asks, and not once it is whole', async () => {
  const world = await smallFleet({ clusters: [web], policy: { trigger: 'manual', target: '1.36' } });
  await discover(world);
  onStep(world, 'upgrade-control-plane', 'done', 'web', () => stopFleet(world.ports, PERSON, 'look first'));
  await endedAfter(world, 3, 'upgrade-cluster', '1.36');
  expect(await states(world)).toEqual(['1.35-1.36 Parked']);
  const plan = await requestUpgrade(world.ports, await recordOf(world, 'web'), '1.36', PERSON, { approve: false });
  expect([plan.from, plan.refusals.map(({ code }) => code)]).toEqual(['1.35', ['FleetStopped']]);
  await resumeFleet(world.ports, PERSON);
  await run(world);
  expect([await states(world), groupsOf(world)]).toEqual([['1.35-1.36 Succeeded'], ['1.36']]);
  expect((await startByHand(world, 'upgrade-cluster', to('1.36'), 'again')).cause).toContain('AlreadyThere');
});
