import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { releaseCluster } from '../../core/operations/hold-switch.ts';
import { findRollback, requestRollback } from '../../core/operations/request-rollback.ts';
import { abortRollout, pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { planRollback } from '../../core/queries/rollback-plan.ts';
import { onStep } from './on-step.ts';
import {
  DAY,
  hours,
  membersOf,
  PERSON,
  recordOf,
  rolloutsOf,
  run,
  smallFleet,
  stopExecutions,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';

// docs/rollbacks.md: what a rollback that waits is waited for with, who ends it, and what it leaves.

const cluster = (name: string) => ({
  ...{ name, version: '1.36', nodegroups: [{ name: 'workers' }] },
  workloads: [
    {
      kind: 'Deployment' as const,
      namespace: 'shop',
      name: 'web',
      replicas: 2,
      labels: { app: 'web' },
      image: 'web:1',
      crashesFromKubelet: '1.37',
    },
  ],
});

// Open from 08:00 to 09:30 on the 20th alone: the hop fits in, its way back does not.
const monthly = { windows: [{ name: 'monthly', schedule: '0 8 20 * *', duration: '90m' }] };

test('rollbacks whose window opens too late are promised by nobody, told of in time, and over when EKS takes nobody back', async () => {
  const wave = { name: 'all', maxConcurrency: 2, failureBudget: { maxFailures: 9 }, calendar: 'prod' };
  const world = await smallFleet({
    clusters: ['a', 'b', 'c'].map((name) => cluster(name)),
    calendars: { prod: monthly },
    policy: { rollback: { automatic: true, windows: 'obey' }, waves: [wave] },
  });
  const backs = async () => (await upgradesOf(world)).filter(({ machine }) => machine === 'rollback-cluster');
  await run(world);
  const [first] = await backs();
  const { when, reasons, rollback } = await explainCluster(world.ports, await recordOf(world, 'a'));
  expect([when.at, rollback.until]).toEqual([null, first?.reversibleUntil]);
  const late = reasons.find(({ code }) => code === 'TooLate')?.message;
  expect(late).toMatch(
    /of the openings of its calendars it fits into none before 2026-12-20.*: liftlock break-glass cluster a --reason WHY lets it go on/,
  );
  // The 24 hours before the end are told of, of who waits as of who does not.
  await hours(world, 6 * 24 + 12);
  expect((await backs()).map(({ status }) => status)).toEqual(['Pending', 'Pending']);
  const told = world.bus.published.flatMap(({ event }) =>
    event.type === 'RollbackDeadlineApproaching' ? [event.detail.cluster.split('/')[1]] : [],
  );
  expect(told.sort()).toEqual(['a', 'b']);
  await hours(world, 24);
  const ended = await backs();
  expect(ended.map(({ status, reasons: why }) => [status, why.map(({ code }) => code)])).toEqual([
    ['Canceled', ['TooLate']],
    ['Canceled', ['TooLate']],
  ]);
  // Nobody has gone back: nothing of the budget is taken, and nobody is in the way of a turn.
  const [only] = await wavesOf(world);
  expect([only?.automaticRollbacks?.length ?? 0, only?.rollingBack]).toEqual([0, undefined]);
});

test('a person who asks for a rollback that waits for its turn is told so, or has it begin', async () => {
  const wave = { name: 'all', maxConcurrency: 2, failureBudget: { maxFailures: 9 } };
  const names = ['a', 'b'];
  const world = await smallFleet({
    clusters: names.map((name) => cluster(name)),
    policy: { rollback: { automatic: true, windows: 'ignore' }, waves: [wave] },
  });
  const said: unknown[] = [];
  let isFirst = true;
  for (const name of names)
    onStep(world, 'rollback-control-plane', 'running', name, async () => {
      if (!isFirst) return;
      isFirst = false;
      const other = await recordOf(world, names.find((one) => one !== name) ?? '');
      const waiting = await findRollback(world.table, other.clusterKey);
      expect(waiting?.data.status).toBe('Pending');
      const plan = await planRollback(world.ports, other);
      await requestRollback(world.ports, other, PERSON, { approve: true });
      said.push(
        plan.status,
        plan.refusals.map(({ code }) => code),
      );
    });
  await run(world);
  const parked = world.table
    .auditTimeline()
    .filter(({ event, detail }) => event === 'UpgradeParked' && JSON.stringify(detail).includes('RollbackTurn'));
  // Either the plan says it, or it does not wait.
  expect([said, parked.length]).toEqual([['NotApproved', []], 0]);
});

test('once its rollout is aborted no cluster begins to go back by itself', async () => {
  const wave = { name: 'all', maxConcurrency: 2, failureBudget: { maxFailures: 9 } };
  const world = await smallFleet({
    clusters: [cluster('a')],
    policy: { rollback: { automatic: true, windows: 'ignore' }, waves: [wave] },
  });
  onStep(world, 'smoke-check', 'running', 'a', async () => {
    const [one] = await rolloutsOf(world);
    if (one?.status === 'Running') await abortRollout(world.ports, one.id, PERSON, 'leave everything as it is');
  });
  await run(world);
  const [rollout] = await rolloutsOf(world);
  const backs = (await upgradesOf(world)).filter(({ machine }) => machine === 'rollback-cluster');
  expect([rollout?.status, backs.map(({ status }) => status), versionOf(world, 'a')]).toEqual(['Aborted', [], '1.37']);
});

test('a rollback that waits for its turn does not begin once its rollout is aborted', async () => {
  const wave = { name: 'all', maxConcurrency: 2, failureBudget: { maxFailures: 9 } };
  const names = ['a', 'b'];
  const world = await smallFleet({
    clusters: names.map((name) => cluster(name)),
    policy: { rollback: { automatic: true, windows: 'ignore' }, waves: [wave] },
  });
  for (const name of names)
    onStep(world, 'rollback-control-plane', 'running', name, async () => {
      const [one] = await rolloutsOf(world);
      if (one?.status !== 'Aborted') await abortRollout(world.ports, one?.id ?? '', PERSON, 'leave it');
    });
  await run(world);
  const backs = (await upgradesOf(world)).filter(({ machine }) => machine === 'rollback-cluster');
  expect(backs.map(({ status }) => status).sort()).toEqual(['Canceled', 'Succeeded']);
});

test('pause and resume leave a wave halted that halted for the budget of rollbacks', async () => {
  const wave = { name: 'all', maxConcurrency: 4, failureBudget: { maxFailures: 9 } };
  const slow = { ...cluster('slow'), nodegroups: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name })) };
  const world = await smallFleet({
    clusters: [...['a', 'b', 'c'].map((name) => cluster(name)), slow],
    policy: { rollback: { automatic: true, windows: 'ignore' }, waves: [wave] },
  });
  const said: unknown[] = [];
  for (const name of ['a', 'b', 'c'])
    onStep(world, 'rollback-control-plane', 'running', name, async () => {
      const [one] = await rolloutsOf(world);
      const [only] = await wavesOf(world);
      if (said.length > 0) return;
      said.push([one?.status, only?.status]);
      if (one?.status !== 'Running') return;
      await pauseRollout(world.ports, one.id, PERSON, 'lunch');
      await resumeRollout(world.ports, one.id, PERSON);
      said.push([(await wavesOf(world))[0]?.status]);
    });
  await run(world);
  expect(said).toEqual([['Running', 'Halted'], ['Halted']]);
});

test('a cluster that was parked after its control plane had moved proves the version that it came from', async () => {
  const wave = { name: 'all', maxConcurrency: 1, failureBudget: { maxFailures: 9 } };
  const plain = (name: string) => ({ name, version: '1.36', nodegroups: [{ name: 'workers' }] });
  const world = await smallFleet({
    clusters: [cluster('a-bad'), plain('b-good'), plain('c-late'), plain('d-late')],
    policy: { rollback: { automatic: false }, waves: [wave] },
  });
  let isFirst = true;
  onStep(world, 'upgrade-control-plane', 'done', 'b-good', async () => {
    if (!isFirst) return;
    isFirst = false;
    const [one] = await rolloutsOf(world);
    await pauseRollout(world.ports, one?.id ?? '', PERSON, 'lunch');
  });
  await run(world);
  const [one] = await rolloutsOf(world);
  await resumeRollout(world.ports, one?.id ?? '', PERSON);
  await run(world);
  const members = await membersOf(world);
  expect(members.map(({ status, reasons }) => [status, reasons[0]?.message])).toEqual([
    ['Failed', expect.anything()],
    ['Succeeded', expect.anything()],
    ['Succeeded', expect.anything()],
    ['Succeeded', expect.anything()],
  ]);
});

test('the same without a pause', async () => {
  const wave = { name: 'all', maxConcurrency: 1, failureBudget: { maxFailures: 9 } };
  const plain = (name: string) => ({ name, version: '1.36', nodegroups: [{ name: 'workers' }] });
  const world = await smallFleet({
    clusters: [cluster('a-bad'), plain('b-good'), plain('c-late'), plain('d-late')],
    policy: { rollback: { automatic: false }, waves: [wave] },
  });
  let isFirst = true;
  onStep(world, 'upgrade-control-plane', 'done', 'b-good', async () => {
    if (!isFirst) return;
    isFirst = false;
    const [one] = await rolloutsOf(world);
    expect(one?.status).toBe('Running');
  });
  await run(world);
  await run(world);
  const members = await membersOf(world);
  expect(members.map(({ status, reasons }) => [status, reasons[0]?.message])).toEqual([
    ['Failed', expect.anything()],
    ['Succeeded', expect.anything()],
    ['Succeeded', expect.anything()],
    ['Succeeded', expect.anything()],
  ]);
});

test('a rollback that waits for the hop which it is to take back is given up while that runs', async () => {
  const world = await smallFleet({ clusters: [{ name: 'a', version: '1.36', nodegroups: [{ name: 'workers' }] }] });
  onStep(world, 'upgrade-control-plane', 'done', 'a', async () => {
    const web = await recordOf(world, 'a');
    await requestRollback(world.ports, web, PERSON, { approve: true });
    const control = await releaseCluster(world.ports, web.clusterKey, PERSON);
    expect(control.held).toBeUndefined();
  });
  await run(world);
  const ends = (await upgradesOf(world)).map(({ machine, status }) => `${machine} ${status}`);
  expect([ends.sort(), versionOf(world, 'a')]).toEqual([
    ['rollback-cluster Canceled', 'upgrade-cluster Succeeded'],
    '1.37',
  ]);
});

test('one that a stop holds half-way past its seven days is told of before, over after them, and leads nobody in a circle', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'a', version: '1.36', nodegroups: [{ name: 'workers' }] }],
    policy: { target: '1.37' },
  });
  await run(world);
  onStep(world, 'roll-node-group/workers', 'done', 'a', () => void stopFleet(world.ports, PERSON, 'look'));
  await requestRollback(world.ports, await recordOf(world, 'a'), PERSON, { approve: true });
  const said = async () => {
    const { when, reasons, state } = await explainCluster(world.ports, await recordOf(world, 'a'));
    return { state, condition: when.condition, codes: reasons.map(({ code }) => code) };
  };
  await hours(world, 6 * 24 + 16);
  expect(await said()).toMatchObject({ state: 'RollingBack', codes: expect.not.arrayContaining(['TooLate']) });
  const told = world.bus.published.filter(({ event }) => event.type === 'RollbackDeadlineApproaching');
  expect(told).toHaveLength(1);
  await hours(world, 48);
  expect((await said()).codes).toContain('TooLate');
  await resumeFleet(world.ports, PERSON);
  await hours(world, 4);
  const over = await said();
  expect(over).toMatchObject({ state: 'Held', condition: expect.stringContaining('liftlock release cluster a') });
  expect(over.condition).not.toContain('rollback cluster');
  await releaseCluster(world.ports, (await recordOf(world, 'a')).clusterKey, PERSON);
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false, finish: true });
  await run(world);
  expect((await said()).state).toBe('UpToDate');
});

test('of an upgrade that somebody else has made it is known from its scan on until when EKS takes it back', async () => {
  const begunAt = DAY.getTime() + 60_000;
  const world = await smallFleet({
    clusters: [{ name: 'a', version: '1.36', nodegroups: [{ name: 'workers', version: '1.36' }] }],
    policy: { trigger: 'manual', target: '1.37' },
  });
  const place = { at: begunAt, account: '111111111111', region: 'eu-central-1' };
  const principal = 'arn:aws:iam::111111111111:user/alice';
  const operation = 'UpdateClusterVersion';
  world.eks.addActor({ ...place, do: 'operation', principal, operation, input: { name: 'a', version: '1.37' } });
  await hours(world, 3);
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false, finish: true });
  await run(world);
  onStep(world, 'roll-node-group/workers', 'done', 'a', () => void stopFleet(world.ports, PERSON, 'look'));
  const plan = await requestRollback(world.ports, await recordOf(world, 'a'), PERSON, { approve: true });
  expect(plan.until).toBeNull();
  await hours(world, 5);
  const said = async () => explainCluster(world.ports, await recordOf(world, 'a'));
  const until = new Date(begunAt + 7 * 24 * 3_600_000).toISOString();
  expect((await said()).rollback).toMatchObject({ status: 'Reversible', until });
  await hours(world, 6 * 24 + 20);
  const { reasons, rollback } = await said();
  expect(reasons.map(({ code }) => code)).toContain('TooLate');
  expect([rollback.status, rollback.reasons[0]?.code]).toEqual(['NotReversible', 'TooLate']);
});

test.each<[string, string]>([
  ['that Liftlock has moved', '1.37'],
  ['that was there when Liftlock saw it first', '1.36'],
])(
  'the stopped rollback of a cluster %s is only let go once its seven days are over, whenever it began',
  async (_, target) => {
    const policy = { target, waves: [{ name: 'all' }] };
    const world = await smallFleet({
      clusters: [{ name: 'a', version: '1.36', nodegroups: [{ name: 'workers' }] }],
      policy,
    });
    await hours(world, 4 * 24);
    await requestRollback(world.ports, await recordOf(world, 'a'), PERSON, { approve: true });
    await stopExecutions(world);
    await hours(world, 2);
    const said = async () => (await explainCluster(world.ports, await recordOf(world, 'a'))).when.condition;
    expect(await said()).toMatch(/^Somebody runs: liftlock rollback cluster a --approve, /);
    await hours(world, 3 * 24);
    await expect(requestRollback(world.ports, await recordOf(world, 'a'), PERSON, { approve: true })).rejects.toThrow(
      'EKS rolls back within 7 days',
    );
    expect(await said()).toMatch(/^Somebody runs: liftlock release cluster a\. It is taken back no more\./);
  },
);
