import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { releaseCluster } from '../../core/operations/hold-switch.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { pauseRollout } from '../../core/operations/rollout-orders.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { Rollouts } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import type { World } from '../../simulator/process/world.ts';
import { keyOf } from './changed-policy.ts';
import { onStep } from './on-step.ts';
import {
  discover,
  hours,
  membersOf,
  mutationsOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  rolloutsOf,
  run,
  type SmallFleet,
  smallFleet,
  stopExecutions,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';

// docs/rollbacks.md: what is said of a rollback is true at each moment.

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 2 }] };
const fleet = (more: Partial<SmallFleet> = {}) => smallFleet({ clusters: [web], ...more });
const goBack = async (world: World, approve = true) =>
  requestRollback(world.ports, await recordOf(world, 'web'), PERSON, { approve });
const endsOf = async (world: World) => (await upgradesOf(world)).map(({ id, status }) => `${id} ${status}`);
const explained = async (world: World, name = 'web') => {
  const { reasons, when } = await explainCluster(world.ports, await recordOf(world, name));
  expect(reasons.filter(({ message }) => message.includes(`liftlock explain cluster ${name}`))).toEqual([]);
  return [reasons.map(({ code }) => code), when.condition];
};

/** What the plan of a rollback is refused with, and what its approval is refused with right after. */
async function toldAndRefused(world: World): Promise<string[]> {
  const { refusals } = await goBack(world, false);
  const approved = goBack(world).then(
    ({ status }) => status,
    (error: Error) => error.message.replace('web is not taken back: ', ''),
  );
  return [refusals.map(({ message }) => message).join(' '), await approved];
}

/** What was found by looking in the middle of a step. */
async function during<Found>(
  world: World,
  step: string,
  status: 'running' | 'done',
  look: () => Promise<Found>,
): Promise<Found> {
  const found: Promise<Found>[] = [];
  onStep(world, step, status, 'web', () => void found.push(look()));
  await run(world);
  const [first] = found;
  if (first === undefined) throw new Error(`${step} was never ${status}`);
  return first;
}

test('a group with an AMI of its own that stayed behind stops no rollback', async () => {
  const world = await fleet({
    prepare: (state) => {
      for (const cluster of Object.values(state.clusters))
        for (const group of cluster.nodegroups) group.amiType = 'CUSTOM';
    },
  });
  await run(world);
  expect((await goBack(world)).status).toBe('Started');
  await run(world);
  expect([versionOf(world, 'web'), await endsOf(world)]).toEqual([
    '1.36',
    ['1.36-1.37 RolledBack', 'rollback-1.37-1.36 Succeeded'],
  ]);
});

test('where nobody reads the nodes such a group stops it before anything is changed', async () => {
  const world = await fleet({
    policy: { verification: 'eks-api', smoke: { deployments: [], urls: [] } },
    clusters: [{ ...web, nodegroups: [{ name: 'a' }, { name: 'workers' }] }],
    prepare: (state) => {
      for (const cluster of Object.values(state.clusters))
        for (const group of cluster.nodegroups) if (group.name === 'workers') group.amiType = 'CUSTOM';
    },
  });
  await run(world);
  await goBack(world);
  await run(world);
  const back = (await upgradesOf(world)).find(({ machine }) => machine === 'rollback-cluster');
  expect([back?.status, back?.mutated, back?.reasons[0]?.code]).toEqual(['Blocked', false, 'CustomAmi']);
});

test('asked for while a hop runs, the hop is said to park', async () => {
  const world = await fleet();
  const said = await during(world, 'roll-node-group/workers', 'running', async () => {
    const { notes } = await goBack(world);
    return [notes.map(({ code }) => code).includes('GrantBusy'), ...(await explained(world))];
  });
  expect(said).toEqual([
    true,
    expect.arrayContaining(['Running', 'RollingBack']),
    'It runs now, and parks at its next change.',
  ]);
});

test('while the control plane is on its way up nobody is offered the minor below', async () => {
  const world = await fleet();
  const plan = await during(world, 'upgrade-control-plane', 'running', () => goBack(world, false));
  expect([plan.status, plan.refusals.map(({ code }) => code)]).toEqual(['Blocked', ['UpgradeUnderWay']]);
});

test.each(['commit', 'call', 'outcome'] as const)(
  'nor is it taken back to there right after the %s of that, before its step has said so',
  async (operation) => {
    const asked: string[][] = [];
    const act = async (world: World) => void asked.push(await toldAndRefused(world));
    const effect = { kind: 'act', act } as const;
    const world = await fleet({ faults: [{ when: 'after', operation, function: 'upgrade-control-plane', effect }] });
    await run(world);
    const leaves = expect.stringContaining('is on its way from 1.36 to 1.37; once');
    expect(asked).toEqual([[leaves, leaves]]);
    expect(await endsOf(world)).toEqual(['1.36-1.37 Succeeded']);
  },
);

test.each(['Parked', 'Failed'] as const)(
  'nor while its hop is %s over the update that EKS works on, until a look finds EKS at rest',
  async (status) => {
    const world = await fleet();
    onStep(world, 'upgrade-control-plane', 'running', 'web', async () => {
      await pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'look');
      if (status === 'Failed') await stopExecutions(world);
      else world.eks.state.deniedAccounts.push('111111111111');
    });
    while ((await endsOf(world))[0] !== `1.36-1.37 ${status}`) await hours(world, 1 / 60);
    world.eks.state.deniedAccounts.length = 0;
    await discover(world);
    const leaves = expect.stringContaining('is on its way from 1.36 to 1.37');
    expect(await toldAndRefused(world)).toEqual([leaves, leaves]);
    expect((await explainCluster(world.ports, await recordOf(world, 'web'))).rollback).toMatchObject({
      status: 'NotReversible',
      reasons: [{ message: leaves }],
    });
    expect(await endsOf(world)).toEqual([`1.36-1.37 ${status}`]);
    await hours(world, 1);
    expect((await goBack(world, false)).refusals).toEqual([]);
  },
);

test('asked for again while it runs, nothing is started and nothing is said to park', async () => {
  const world = await fleet();
  await run(world);
  await goBack(world);
  const said = await during(world, 'update-addons-back', 'running', async () => {
    const { status, refusals, notes } = await goBack(world, false);
    await expect(goBack(world)).rejects.toThrow('runs since');
    return [status, refusals.map(({ code }) => code), notes.map(({ code }) => code).includes('GrantBusy')];
  });
  expect(said).toEqual(['Blocked', ['RollingBack'], false]);
  expect(await endsOf(world)).toEqual(['1.36-1.37 RolledBack', 'rollback-1.37-1.36 Succeeded']);
});

test('one that has only just parked for a stop is told to wait for that, and not for itself by its id', async () => {
  const world = await fleet();
  await run(world);
  onStep(world, 'roll-node-group/workers', 'done', 'web', () => void stopFleet(world.ports, PERSON, 'look'));
  await goBack(world);
  const told: ReturnType<typeof explainCluster>[] = [];
  const before = world.bus.onEvent;
  world.bus.onEvent = (published) => {
    before(published);
    const { event } = published;
    if (event.type === 'UpgradeChanged' && event.detail.status === 'Parked')
      told.push(recordOf(world, 'web').then((web) => explainCluster(world.ports, web)));
  };
  await hours(world, 3);
  const [first] = await Promise.all(told);
  expect(first?.reasons.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    expect.stringMatching(/^FleetStopped: /),
    'GrantBusy: What ran of it until now gives back the grant of the cluster, within a minute as a rule.',
  ]);
});

test.each([
  [0, [], 'Halted'],
  [5, [], 'Halted'],
  [5, [{ ...web, name: 'other' }], 'CompletedWithFailures'],
])(
  'a rollout that had ended tells of it as its wave does (budget %d, beside %j)',
  async (maxFailures, others, status) => {
    const policy = { waves: [{ name: 'all', failureBudget: { maxFailures } }] };
    const world = await fleet({ clusters: [web, ...others], policy });
    await run(world);
    await goBack(world);
    await run(world);
    const [wave] = await wavesOf(world);
    const [rollout] = await loadKind(world.table, Rollouts);
    expect([wave?.status, wave?.reasons[0]?.message, rollout?.status, rollout?.reasons]).toEqual([
      status,
      expect.stringMatching(/[01] succeeded, 1 failed|The last one was web/),
      'CompletedWithFailures',
      [{ code: 'AllWavesEnded', message: '1 cluster failed, 0 are blocked.' }],
    ]);
  },
);

test('what brings nodes up to a minor goes with it, also while it waits', async () => {
  const world = await fleet();
  await run(world);
  // A rollback that is given up half-way has left the nodes one minor behind.
  onStep(world, 'roll-node-group/workers', 'done', 'web', () => void stopFleet(world.ports, PERSON, 'look'));
  await goBack(world);
  await hours(world, 3);
  await releaseCluster(world.ports, await keyOf(world, 'web'), PERSON);
  await resumeFleet(world.ports, PERSON);
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false, finish: true });
  expect((await during(world, 'roll-node-group/workers', 'running', () => goBack(world))).status).toBe('Started');
  expect([versionOf(world, 'web'), await endsOf(world)]).toEqual([
    '1.36',
    ['1.36-1.37 RolledBack', '1.37-1.37 RolledBack', 'rollback-1.37-1.36 Succeeded'],
  ]);
  expect((await membersOf(world)).map(({ status }) => status)).toEqual(['Failed', 'Failed']);
  expect((await rolloutsOf(world)).filter(({ status }) => status === 'Running')).toEqual([]);
  expect(await checkInvariants(world)).toEqual([]);
  // The way out that is named is one.
  const way =
    'Somebody runs: liftlock release cluster web, and then runs: liftlock upgrade cluster web --to 1.37 --approve';
  expect((await explained(world))[1]).toBe(way);
  await releaseCluster(world.ports, await keyOf(world, 'web'), PERSON);
  await requestUpgrade(world.ports, await recordOf(world, 'web'), '1.37', PERSON, { approve: true });
  await run(world);
  expect([versionOf(world, 'web'), (await endsOf(world))[0]]).toEqual(['1.37', '1.36-1.37 Succeeded']);
});

test('one that is back with a failed check is not told to go back again: it is looked at once more, or let go', async () => {
  const url = 'https://shop.example.com/health';
  const world = await fleet({ policy: { smoke: { urls: [url] } } });
  const isUp = { now: true };
  Object.assign(world.ports, {
    probe: { get: async () => ({ status: isUp.now ? 200 : 503 }) },
  });
  await run(world);
  isUp.now = false;
  await goBack(world);
  await run(world);
  expect([versionOf(world, 'web'), await endsOf(world)]).toEqual([
    '1.36',
    ['1.36-1.37 RolledBack', 'rollback-1.37-1.36 Failed'],
  ]);
  expect(await explained(world)).toEqual([
    ['Held'],
    'Somebody runs: liftlock release cluster web. It is back at 1.36; once what failed is mended, liftlock rollback cluster web --approve checks it once more, and moves nothing',
  ]);
  const { status, checks } = await goBack(world, false);
  expect([status, checks[1], checks[4]]).toEqual([
    'NotApproved',
    'scan-cluster: that the control plane is at 1.36; EKS is not asked for its readiness any more.',
    'rollback-control-plane: nothing, it is at 1.36 already.',
  ]);
  const sent = mutationsOf(world).length;
  isUp.now = true;
  await goBack(world);
  await run(world);
  expect([mutationsOf(world).length, (await endsOf(world))[1]]).toEqual([sent, 'rollback-1.37-1.36 Succeeded']);
  expect((await explained(world))[1]).toBe(
    'Somebody removes the cause and runs: liftlock retry cluster web (or release).',
  );
});
