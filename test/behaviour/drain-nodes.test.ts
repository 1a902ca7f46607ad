import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { cancelDrain, requestDrain } from '../../core/operations/request-drain.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { openUndoEntries } from '../../core/protocol/undo.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { loadRolloutDetail } from '../../core/queries/rollout-views.ts';
import { UndoEntries } from '../../core/store/entities.ts';
import { load, put } from '../../core/store/entity.ts';
import { operatePrincipal, type World } from '../../simulator/process/world.ts';
import { cordoned, drain, drainedShop, loosen, podsOnLegacy, stateOf, strict } from './drained-shop.ts';
import {
  beginByHand,
  clusterArn,
  minutes,
  onRecord,
  PERSON,
  recordOf,
  rolloutIdOf,
  run,
  startByHand,
  upgradesOf,
} from './small-fleet.ts';

const shop = ({ budgets = [], ...policy }: { drain?: object | undefined; budgets?: (typeof strict)[] } = {}) =>
  drainedShop(budgets, { policy });
const drainOf = async (world: World) => (await upgradesOf(world)).find(({ machine }) => machine === 'drain-nodes');
const open = async (world: World) =>
  (await openUndoEntries(world.table, (await recordOf(world, 'web')).clusterKey)).length;

test('the nodes of a group are cordoned and emptied, stay so, and nothing is left to undo', async () => {
  const world = await shop();
  expect(podsOnLegacy(world)).toBeGreaterThan(0);
  expect((await drain(world)).status).toBe('Started');
  await run(world, 1);
  expect(await drainOf(world)).toMatchObject({ status: 'Succeeded', requestedBy: PERSON, mutated: true });
  expect([podsOnLegacy(world), cordoned(world)]).toEqual([0, ['legacy', 'legacy', 'legacy']]);
  expect([await open(world), (await upgradesOf(world)).length]).toEqual([0, 1]);
});

test('a budget that lets no pod go is named, and once its time is over the cordons are taken back', async () => {
  const world = await shop({ budgets: [strict], drain: { pause: '0s', podTimeout: '10m' } });
  await drain(world);
  await minutes(world, 3);
  const running = await drainOf(world);
  expect(running?.status).toBe('Running');
  const [step] = Object.values(running?.steps ?? {});
  expect(step?.reasons[0]).toMatchObject({ code: 'DrainBudget', message: expect.stringMatching(/shop\/api-.*strict/) });
  expect(cordoned(world).length).toBeGreaterThan(0);
  const explained = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect(JSON.stringify(explained)).toContain('The drain of legacy runs: drain-nodes/legacy runs since');
  const told = () => world.bus.published.filter(({ event }) => event.type === 'DrainBlocked');
  expect([told().length, told()[0]?.at.getTime()]).toEqual([1, expect.any(Number)]);
  expect((told()[0]?.at.getTime() ?? 0) - Date.parse(step?.startedAt ?? '')).toBeLessThanOrEqual(60_000);
  await run(world, 1);
  expect(told()).toHaveLength(1);
  expect((await drainOf(world))?.status).toBe('Failed');
  expect([cordoned(world), await open(world)]).toEqual([[], 0]);
  expect((await upgradesOf(world)).find(({ machine }) => machine === 'restore-nodes')?.status).toBe('Succeeded');
});

test('a budget that somebody loosens in the middle lets it go on', async () => {
  const world = await shop({ budgets: [strict] });
  await drain(world);
  await minutes(world, 3);
  await loosen(world, 4);
  await run(world, 1);
  expect((await drainOf(world))?.status).toBe('Succeeded');
  expect(podsOnLegacy(world)).toBe(0);
});

test('without spec.drain nothing is touched, and it is said what is missing', async () => {
  const world = await shop({ drain: undefined });
  const cluster = await recordOf(world, 'web');
  const plan = await requestDrain(world.ports, cluster, 'legacy', PERSON, { approve: false });
  expect(plan).toMatchObject({ status: 'Blocked', drain: null, refusals: [{ code: 'DrainNotAllowed' }] });
  await expect(drain(world)).rejects.toThrow('has no spec.drain');
  await expect(requestDrain(world.ports, cluster, 'legacyy', PERSON, { approve: false })).rejects.toThrow(
    'has no node group "legacyy" that is known: it has legacy, new.',
  );
  expect(cordoned(world)).toEqual([]);
});

test('a stop halts it, the cordons stay, and it goes on where it was', async () => {
  const world = await shop({ budgets: [strict] });
  await drain(world);
  await minutes(world, 2);
  await stopFleet(world.ports, PERSON, 'look');
  await minutes(world, 5);
  expect([(await drainOf(world))?.status, (await drainOf(world))?.reasons[0]?.code]).toEqual([
    'Parked',
    'FleetStopped',
  ]);
  const before = cordoned(world).length;
  expect(before).toBeGreaterThan(0);
  await loosen(world, 0);
  await minutes(world, 30);
  expect(cordoned(world).length).toBe(before);
  await resumeFleet(world.ports, PERSON);
  await run(world, 1);
  expect([(await drainOf(world))?.status, podsOnLegacy(world)]).toEqual(['Succeeded', 0]);
});

test.each([true, false])(
  'who cancels it gets the cordons back, also while the fleet is stopped: %s',
  async (stopped) => {
    const world = await shop({ budgets: [strict] });
    await drain(world);
    await minutes(world, 2);
    if (stopped) {
      await stopFleet(world.ports, PERSON, 'look');
      await minutes(world, 3);
    }
    const canceled = await cancelDrain(world.ports, await recordOf(world, 'web'), 'legacy', 'ann', 'wrong group');
    expect(world.bus.published.at(-1)?.event).toMatchObject({
      type: 'UpgradeChanged',
      detail: { status: 'Canceled', reasons: [{ code: 'DrainCanceled' }] },
    });
    expect(canceled.undo).toMatch(/^undo-drain-nodes-/);
    await run(world, 1);
    expect((await drainOf(world))?.reasons).toEqual([
      { code: 'DrainCanceled', message: 'ann has canceled the drain: wrong group' },
    ]);
    expect([(await drainOf(world))?.status, cordoned(world), await open(world)]).toEqual(['Canceled', [], 0]);
  },
);

test('who cordoned before us stays cordoned, however it ends', async () => {
  const world = await shop({ budgets: [strict], drain: { pause: '0s', podTimeout: '5m' } });
  const [first] = stateOf(world).nodes;
  if (first !== undefined) first.unschedulable = true;
  await drain(world);
  await run(world, 1);
  expect((await drainOf(world))?.status).toBe('Failed');
  expect(stateOf(world).nodes.flatMap(({ name, unschedulable }) => (unschedulable ? [name] : []))).toEqual([
    first?.name,
  ]);
});

test('while nodes of others are down it waits without the grant, naming them, and goes on when they are back', async () => {
  const world = await shop();
  const others = () => stateOf(world).nodes.filter(({ nodegroupName }) => nodegroupName === 'new');
  for (const node of others().slice(0, 1)) node.unschedulable = true;
  await drain(world);
  await minutes(world, 4);
  const waiting = await drainOf(world);
  expect([waiting?.status, waiting?.mutated, cordoned(world)]).toEqual(['Parked', false, ['new']]);
  expect(waiting?.reasons[0]).toMatchObject({
    code: 'DrainNoRoom',
    message: expect.stringContaining(others()[0]?.name ?? ''),
  });
  // As rolls do, whose upgrades park for the same.
  const ended = Object.values(waiting?.steps ?? {}).flatMap(({ endedAt = '' }) => Date.parse(endedAt));
  expect(Date.parse(waiting?.resumeAt ?? '') - Math.max(...ended)).toBe(600_000);
  for (const node of others()) node.unschedulable = false;
  await run(world, 1);
  expect([(await drainOf(world))?.status, podsOnLegacy(world)]).toEqual(['Succeeded', 0]);
});

test('nodes that an earlier drain has emptied leave the next one its room', async () => {
  const world = await shop({});
  await drain(world);
  await run(world, 1);
  expect([(await drainOf(world))?.status, cordoned(world)]).toEqual(['Succeeded', ['legacy', 'legacy', 'legacy']]);
  await requestDrain(world.ports, await recordOf(world, 'web'), 'new', PERSON, { approve: true });
  await minutes(world, 5);
  expect(cordoned(world)).toContain('new');
});

test('one drain at a time, and only the one that is named is canceled', async () => {
  const world = await shop({ budgets: [strict] });
  await drain(world);
  await minutes(world, 2);
  const cluster = await recordOf(world, 'web');
  const other = await requestDrain(world.ports, cluster, 'new', PERSON, { approve: false });
  expect(other.refusals.map(({ code }) => code)).toEqual(['UpgradeUnderWay', 'GrantBusy']);
  await expect(cancelDrain(world.ports, cluster, 'new', PERSON, 'no')).rejects.toThrow('No drain of new in web');
});

test('what the policy does not let Liftlock drain any more is not begun, and by hand a group has to be named', async () => {
  const world = await shop({ drain: undefined });
  const input = { cluster: clusterArn('web'), targetVersion: '1.36' };
  await startByHand(world, 'drain-nodes', input);
  await startByHand(world, 'drain-nodes', { ...input, nodegroup: 'legacy' }, 'by-hand-2');
  await startByHand(world, 'restore-nodes', input);
  const ended = (await upgradesOf(world)).map(({ status, reasons: [first] }) => [status, first?.code]);
  expect(ended.sort()).toEqual([
    ['Blocked', 'DrainNotAllowed'],
    ['Blocked', 'NoNodegroup'],
    ['Succeeded', 'TakenBack'],
  ]);
  expect(cordoned(world)).toEqual([]);
});

test('a pod that came back to an emptied node is seen before the drain counts as done', async () => {
  const world = await shop({ drain: { pause: '2m' } });
  await drain(world);
  const marked = () => stateOf(world).nodes.filter(({ unschedulable }) => unschedulable);
  while (marked().length < 2) await minutes(world, 1);
  const moved = stateOf(world).pods.find(({ nodeName }) => !marked().some(({ name }) => name === nodeName));
  if (moved !== undefined) moved.nodeName = marked()[0]?.name ?? '';
  await run(world, 1);
  expect([(await drainOf(world))?.status, podsOnLegacy(world)]).toEqual(['Succeeded', 0]);
});

test('an undo closes what is gone, leaves what somebody has taken over, and touches no other drain', async () => {
  const world = await shop({ budgets: [strict], drain: { pause: '0s', maxUnavailable: 3, order: 'spread' } });
  await drain(world);
  await minutes(world, 2);
  const { clusterKey } = await recordOf(world, 'web');
  const other = { clusterKey, effect: 'cordon' as const, subject: 'elsewhere', uid: 'u', upgradeId: 'another' };
  const entry = { ...other, recordedAt: world.clock.now().toISOString() };
  await onRecord(world, 'Noted', put(UndoEntries, entry, 'absent'));
  const [first, second] = stateOf(world).nodes.filter(({ unschedulable }) => unschedulable);
  stateOf(world).nodes = stateOf(world).nodes.filter((node) => node !== first);
  if (second !== undefined) second.annotations = {};
  await cancelDrain(world.ports, await recordOf(world, 'web'), 'legacy', 'ann', 'wrong group');
  await minutes(world, 5);
  const closed = await Promise.all(
    [first, second].map((node) => load(world.table, UndoEntries, clusterKey, 'cordon', node?.name ?? '')),
  );
  expect(closed.map((read) => read?.data.closed?.how)).toEqual(['gone', 'notOurs']);
  expect((await openUndoEntries(world.table, clusterKey)).map(({ data }) => data.upgradeId)).toEqual(['another']);
  expect(stateOf(world).nodes.flatMap(({ name, unschedulable }) => (unschedulable ? [name] : []))).toEqual([
    second?.name,
  ]);
});

test('a tag that excludes the cluster halts it at once, and it is not begun again and again before discovery', async () => {
  const world = await shop({ budgets: [strict] });
  await drain(world);
  await minutes(world, 2);
  const [cluster] = Object.values(world.eks.state.clusters);
  if (cluster !== undefined) cluster.tags = { 'liftlock/paused': 'true' };
  await minutes(world, 10);
  expect((await drainOf(world))?.reasons[0]?.code).toBe('Excluded');
  const granted = world.table.auditTimeline().filter(({ event }) => event === 'Granted');
  expect(granted).toHaveLength(1);
});

test('while EKS rolls the group nothing of it is cordoned or evicted, and it is named', async () => {
  const world = await shop({ budgets: [strict] });
  await drain(world);
  await minutes(world, 2);
  const caller = { account: '111111111111', region: 'eu-central-1', principal: PERSON };
  const roll = { clusterName: 'web', nodegroupName: 'legacy', force: true };
  world.eks.operation('UpdateNodegroupVersion', roll, caller, world.clock.now());
  const before = new Set(stateOf(world).nodes.map(({ name }) => name));
  await minutes(world, 10);
  expect((await drainOf(world))?.reasons[0]).toMatchObject({
    code: 'ForeignUpdate',
    message: expect.stringMatching(/legacy is UPDATING/),
  });
  const joined = stateOf(world).nodes.filter(({ name }) => !before.has(name));
  expect([joined.length > 0, joined.filter(({ unschedulable }) => unschedulable)]).toEqual([true, []]);
});

test('what it knows outlives a stop: who is in the way since when, and who was told', async () => {
  const world = await shop({ budgets: [strict] });
  await drain(world);
  await minutes(world, 10);
  await stopFleet(world.ports, PERSON, 'look');
  await minutes(world, 5);
  await resumeFleet(world.ports, PERSON);
  await minutes(world, 5);
  const [step] = Object.values((await drainOf(world))?.steps ?? {});
  expect(step?.reasons[0]?.message).toMatch(/for (?:19|20) min/);
  expect(world.bus.published.filter(({ event }) => event.type === 'DrainBlocked')).toHaveLength(1);
});

test('without access it is not begun; one that loses it parks, and what is to be taken back is tried until it can be', async () => {
  const world = await shop({ budgets: [strict] });
  const setAccess = (authentication: 'any-principal' | 'access-entries') => {
    for (const { kubernetes } of Object.values(world.eks.state.clusters))
      kubernetes.access.authentication = authentication;
  };
  setAccess('access-entries');
  await drain(world);
  await minutes(world, 2);
  expect(await drainOf(world)).toMatchObject({ status: 'Blocked', mutated: false });
  setAccess('any-principal');
  await drain(world);
  await minutes(world, 3);
  setAccess('access-entries');
  await minutes(world, 3);
  const begun = (await upgradesOf(world)).find(({ mutated }) => mutated);
  const message = expect.stringContaining('401: Unauthorized. Run: liftlock access manifest web --tier operate');
  expect(begun).toMatchObject({ status: 'Parked', reasons: [{ code: 'ClusterUnauthorized', message }] });
  await cancelDrain(world.ports, await recordOf(world, 'web'), 'legacy', 'ann', 'no access');
  await minutes(world, 40);
  const undo = (await upgradesOf(world)).find(({ machine }) => machine === 'restore-nodes');
  expect([undo?.status, undo?.reasons[0]?.code, cordoned(world).length]).toEqual(['Parked', 'ClusterUnauthorized', 1]);
  setAccess('any-principal');
  await run(world, 1);
  expect([cordoned(world), await open(world)]).toEqual([[], 0]);
});

test('what the first call of a drain is refused parks it, without a hold', async () => {
  const world = await shop();
  const [account, region] = ['111111111111', 'eu-central-1'];
  const policyArn = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminViewPolicy';
  const looks = {
    type: 'STANDARD',
    createdAt: 0,
    kubernetesGroups: [],
    policies: [{ policyArn, accessScope: { type: 'cluster' as const } }],
  };
  for (const { kubernetes, accessEntries } of Object.values(world.eks.state.clusters)) {
    kubernetes.access.authentication = 'access-entries';
    accessEntries.push({ ...looks, principalArn: operatePrincipal({ account, region }) });
  }
  await drain(world);
  await minutes(world, 3);
  expect(await drainOf(world)).toMatchObject({ status: 'Parked', reasons: [{ code: 'ClusterForbidden' }] });
});

test('nodes that are seen for longer than their group are drained all the same', async () => {
  const world = await shop();
  await drain(world);
  for (const cluster of Object.values(world.eks.state.clusters))
    cluster.nodegroups = cluster.nodegroups.filter(({ name }) => name !== 'legacy');
  await run(world, 1);
  expect([(await drainOf(world))?.status, podsOnLegacy(world)]).toEqual(['Succeeded', 0]);
});

test.each(['a rollout', 'a person'])(
  'what a canceled drain has left is taken back before %s has the cluster',
  async (who) => {
    const world = await shop({ budgets: [strict] });
    await drain(world);
    await minutes(world, 2);
    const input = { cluster: clusterArn('web'), targetVersion: '1.37' };
    if (who === 'a person') await beginByHand(world, 'upgrade-cluster', input);
    else await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
    await minutes(world, 3);
    await cancelDrain(world.ports, await recordOf(world, 'web'), 'legacy', 'ann', 'the hop first');
    await minutes(world, 2);
    const granted = world.table
      .auditTimeline()
      .flatMap(({ event, detail }) => (event === 'Granted' ? [detail.upgradeId] : []));
    expect(granted).toEqual([expect.stringMatching(/^drain-/), expect.stringMatching(/^undo-/), '1.36-1.37']);
  },
);

test('a rollout that wants the cluster meanwhile says who has it', async () => {
  const world = await shop({ budgets: [strict] });
  await drain(world);
  await minutes(world, 5);
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  await minutes(world, 2);
  const { members } = await loadRolloutDetail(world.table, await rolloutIdOf(world), world.clock.now());
  expect(members.map(({ status, reasons }) => [status, reasons[0]?.code])).toEqual([['Pending', 'GrantBusy']]);
  expect(members[0]?.reasons[0]?.message).toBe(
    'The drain of legacy has the grant of the cluster, and gives it back when it parks or ends: liftlock explain cluster web',
  );
});
