import { recordCluster } from '../../core/inventory/record-cluster.ts';
import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { skipCluster } from '../../core/operations/skip-cluster.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { loadRolloutDetail } from '../../core/queries/rollout-views.ts';
import { listUpgrades } from '../../core/queries/upgrade-view.ts';
import { Clusters } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import { keyOf, retag } from './changed-policy.ts';
import { onStep } from './on-step.ts';
import {
  beforeCommit,
  clusterArn,
  discover,
  hours,
  membersOf,
  mutationsOf,
  onRecord,
  PERSON,
  recordOf,
  rolloutIdOf,
  rolloutsOf,
  run,
  smallFleet,
  startByHand,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

type World = Awaited<ReturnType<typeof smallFleet>>;

const named = (...names: readonly string[]) =>
  names.map((name) => ({ name, version: '1.36', nodegroups: [{ name: 'workers' }] }));
const explained = async (world: World, name = 'web') => explainCluster(world.ports, await recordOf(world, name));
const codes = ({ reasons }: Awaited<ReturnType<typeof explained>>) => reasons.map(({ code }) => code);

/** The fleet is stopped once the step has this status, so the upgrade parks; then its rollout is aborted and the fleet resumed. */
async function abortedHalfWay(step: string, status: string, addons?: Record<string, string>): Promise<World> {
  const clusters = named('web').map((one) => ({ ...one, ...(addons === undefined ? {} : { addons }) }));
  const world = await smallFleet({ clusters });
  onStep(world, step, status, 'web', () => stopFleet(world.ports, PERSON, 'look first'));
  await hours(world, 6);
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'not this month');
  await resumeFleet(world.ports, PERSON);
  await hours(world, 3);
  expect((await upgradesOf(world))[0]).toMatchObject({ status: 'Parked', mutated: true });
  return world;
}

test('the waves of a halted rollout that is aborted end at the next look, not an hour later', async () => {
  const clusters = [...staged('dev', ['d1', 'd2']), ...staged('prod', ['p1'])];
  const waves = ['dev', 'prod'].map((stage) => ({ name: stage, selector: { matchLabels: { stage } } }));
  const world = await smallFleet({ clusters, prepare: failing('d1'), policy: { waves } });
  await hours(world, 3);
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'not this month');
  await hours(world, 1 / 60);
  expect((await membersOf(world)).map(({ status }) => status)).toEqual(['Failed', 'Excluded', 'Excluded']);
  expect((await wavesOf(world)).map(({ status }) => status)).toEqual(['Halted', 'Skipped']);
});

test('a cluster that an abort took out is told so, and that a rollout by hand takes it up again', async () => {
  const world = await smallFleet({ clusters: named('web') });
  await stopFleet(world.ports, PERSON, 'look first');
  await discover(world);
  const id = await rolloutIdOf(world);
  await abortRollout(world.ports, id, PERSON, 'not this month');
  await resumeFleet(world.ports, PERSON);
  const atOnce = await explained(world);
  await hours(world, 3);
  const later = await explained(world);
  for (const one of [atOnce, later]) {
    expect(codes(one)).toEqual(['RolloutAborted', 'Aborted']);
    expect(one.reasons[0]?.message).toBe(
      `The rollout ${id} was aborted. No other one begins by itself for web and 1.37.`,
    );
    expect(one.reasons[1]?.message).toBe(`${PERSON}: not this month`);
    expect(one.when).toEqual({ at: null, condition: 'Somebody runs: liftlock rollout create policy-0' });
  }
  expect(await rolloutsOf(world)).toHaveLength(1);
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
});

test('a cluster that a person skipped is told so once its rollout has ended', async () => {
  const world = await smallFleet({
    clusters: named('api', 'web'),
    policy: { waves: [{ name: 'all', maxConcurrency: 1 }] },
  });
  await discover(world);
  await skipCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON, 'release day');
  await run(world);
  const verdict = await explained(world);
  expect(verdict.rollout?.status).toBe('Completed');
  expect(verdict.reasons.map(({ message }) => message)).toEqual([
    `The rollout ${await rolloutIdOf(world)} ended with web Excluded. No other one begins by itself for web and 1.37.`,
    `${PERSON} took it out of this rollout: release day`,
  ]);
  expect(verdict.when.condition).toBe('Somebody runs: liftlock rollout create policy-0');
});

test('a cluster that was skipped while it was parked is not told what parked it: nothing waits any more', async () => {
  const stops = beforeCommit((world) => stopFleet(world.ports, PERSON, 'look first').then(() => undefined));
  const world = await smallFleet({ clusters: named('web'), faults: [stops] });
  await hours(world, 1);
  expect((await upgradesOf(world))[0]).toMatchObject({ status: 'Parked', mutated: false });
  await skipCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON, 'later, by hand');
  await resumeFleet(world.ports, PERSON);
  await hours(world, 1);
  expect(codes(await explained(world))).toEqual(['TakenOut', 'Skipped']);
});

test('an upgrade that an abort left before its control plane is gone on with by hand', async () => {
  const world = await abortedHalfWay('update-addons-before', 'running', { coredns: 'v1.11.4-eksbuild.33' });
  const verdict = await explained(world);
  expect([verdict.state, codes(verdict)]).toEqual(['Parked', ['RolloutAborted', 'Aborted']]);
  expect(verdict.reasons[0]?.message).toContain('from 1.36 to 1.37 is half done and stays so until a person acts');
  expect(verdict.when.condition).toBe('Somebody runs: liftlock upgrade cluster web --to 1.37 --approve');
  await requestUpgrade(world.ports, await recordOf(world, 'web'), '1.37', PERSON, { approve: true });
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
  expect((await upgradesOf(world)).map(({ status }) => status)).toEqual(['Succeeded']);
});

test('an upgrade that an abort left in its bake is finished in the name of who asks for that', async () => {
  const world = await smallFleet({ clusters: named('web'), policy: { waves: [{ name: 'all', bake: '6h' }] } });
  await hours(world, 2);
  expect((await upgradesOf(world))[0]).toMatchObject({ status: 'Parked', reasons: [{ code: 'Baking' }] });
  const id = await rolloutIdOf(world);
  await abortRollout(world.ports, id, PERSON, 'not this month');
  // Nothing bakes any more, wherever one looks.
  const [listed] = (await listUpgrades(world.table, {})).items;
  const { upgrade, reasons } = await explained(world);
  const { members } = await loadRolloutDetail(world.table, id, world.clock.now());
  for (const one of [listed, upgrade, members[0], { reasons }])
    expect(one?.reasons.map(({ code, message }) => [code, message])).toEqual([
      ['RolloutAborted', expect.stringContaining('from 1.36 to 1.37 is half done and stays so until a person acts')],
      ['Aborted', `${PERSON}: not this month`],
    ]);
  expect([listed?.resumeAt, upgrade?.resumeAt]).toEqual([null, null]);
  const before = world.table.auditTimeline().length;
  await requestUpgrade(world.ports, await recordOf(world, 'web'), '1.37', PERSON, { approve: true });
  await run(world);
  const after = world.table.auditTimeline().slice(before);
  const told = after.filter(({ event }) => event === 'Granted' || event === 'UpgradeSucceeded');
  expect(told[0]).toMatchObject({ event: 'Granted', principal: PERSON });
  expect(told.at(-1)).toMatchObject({ event: 'UpgradeSucceeded', detail: { requestedBy: PERSON } });
  expect((await upgradesOf(world))[0]?.requestedBy).toBe(PERSON);
});

test('an upgrade that an abort left at its version is finished by the command that is named, or by the machines of its steps', async () => {
  const world = await abortedHalfWay('upgrade-control-plane', 'done');
  const { state, when } = await explained(world);
  expect(state).toBe('Parked');
  expect(when.condition).toBe('Somebody runs: liftlock upgrade cluster web --to 1.37 --approve');
  const input = { cluster: clusterArn('web'), targetVersion: '1.37' };
  expect((await startByHand(world, 'roll-node-group', input)).status).toBe('SUCCEEDED');
  expect((await startByHand(world, 'update-addons', input)).status).toBe('SUCCEEDED');
  expect(mutationsOf(world).map(({ operation }) => operation)).toContain('UpdateNodegroupVersion');
  // Only who looks at the whole cluster can say that the upgrade has ended; it finds nothing left to change.
  const changed = mutationsOf(world).length;
  await requestUpgrade(world.ports, await recordOf(world, 'web'), '1.37', PERSON, { approve: true });
  await run(world);
  expect([(await upgradesOf(world))[0]?.status, mutationsOf(world).length]).toEqual(['Succeeded', changed]);
});

test('an upgrade that an abort left and that would be refused now tells that before the command', async () => {
  const world = await abortedHalfWay('upgrade-control-plane', 'done');
  await stopFleet(world.ports, PERSON, 'again');
  const verdict = await explained(world);
  expect(codes(verdict)).toEqual(['RolloutAborted', 'Aborted', 'FleetStopped']);
  const run = 'somebody runs: liftlock upgrade cluster web --to 1.37 --approve';
  expect(verdict.when.condition).toBe(`Once nothing refuses it any more (now FleetStopped), ${run}`);
});

test('an upgrade that an abort left, and whose control plane somebody has taken further, is finished by the machines that are named', async () => {
  const world = await abortedHalfWay('upgrade-control-plane', 'done');
  const { clusterKey } = await recordOf(world, 'web');
  const read = await load(world.table, Clusters, clusterKey);
  if (read === undefined) throw new Error('there is no cluster');
  const tags = { 'liftlock/pin-version': '1.37' };
  await onRecord(world, 'Changed', replace(Clusters, read, { ...read.data, version: '1.38', tags }));
  const { when, reasons } = await explained(world);
  expect(reasons.map(({ code }) => code)).toEqual(['RolloutAborted', 'Aborted', 'Pinned']);
  expect(reasons.at(-1)?.message).toContain('liftlock/pin-version keeps it at 1.37 or older, so not 1.38');
  expect(when.condition).toContain('roll-node-group and update-addons by hand');
  expect(when.condition).toContain(`{"cluster": "${clusterArn('web')}", "targetVersion": "1.38"}`);
});

test.each([
  ['waited', true],
  ['was held', false],
])(
  'a cluster that %s in the rollout that a person aborted is not tried again in the older one that it failed in',
  async (_, isReleased) => {
    const world = await smallFleet({
      clusters: staged('prod', ['p', 'q', 'r']),
      policy: { trigger: 'manual', waves: [{ name: 'all', maxConcurrency: 1, failureBudget: { maxFailures: 1 } }] },
      prepare: failing('p'),
    });
    const start = () => startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
    await hours(world, 0.5);
    await retag(world, 'q', { 'liftlock/pin-version': '1.36' });
    const { id: older } = await start();
    await hours(world, 8);
    await retag(world, 'q', { 'liftlock/pin-version': '1.37' });
    if (isReleased) await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
    const { id: newer } = await start();
    await abortRollout(world.ports, newer, PERSON, 'no');
    await hours(world, 0.2);
    const placesOf = async () =>
      (await membersOf(world)).flatMap(({ name, rolloutId, status }) => (name === 'p' ? [[rolloutId, status]] : []));
    const places = await placesOf();
    expect(places).toEqual(
      expect.arrayContaining([
        [older, 'Failed'],
        [newer, 'Excluded'],
      ]),
    );
    await expect(retryCluster(world.ports, await keyOf(world, 'p'), PERSON)).rejects.toThrow(
      isReleased ? 'not held' : 'no rollout would try it again',
    );
    expect(await placesOf()).toEqual(places);
  },
);

test('a cluster that failed in a rollout that was taken up again is tried again there, although a younger one was aborted', async () => {
  const world = await smallFleet({
    clusters: staged('prod', ['p', 'q', 'r', 's']),
    policy: { trigger: 'manual', waves: [{ name: 'all', maxConcurrency: 1, failureBudget: { maxFailures: 3 } }] },
    prepare: (state) => {
      failing('p')(state);
      state.plannedFailures.push({
        clusterName: 'q',
        type: 'VersionUpdate',
        nodegroupName: 'workers',
        errorCode: 'PodEvictionFailure',
        errorMessage: 'no',
      });
    },
  });
  await hours(world, 0.5);
  await retag(world, 's', { 'liftlock/pin-version': '1.36' });
  const { id: older } = await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  await hours(world, 12);
  await retag(world, 's', { 'liftlock/pin-version': '1.37' });
  const { id: newer } = await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  await abortRollout(world.ports, newer, PERSON, 'no');
  await hours(world, 0.2);
  const places = (await membersOf(world))
    .map(({ name, rolloutId, status }) => `${name} ${rolloutId === older ? 'older' : 'newer'} ${status}`)
    .sort();
  expect(places).toEqual([
    'p newer Excluded',
    'p older Failed',
    'q older Failed',
    'r older Succeeded',
    's newer Excluded',
  ]);
  await retryCluster(world.ports, await keyOf(world, 'q'), PERSON);
  expect((await rolloutsOf(world)).find(({ id }) => id === older)?.status).toBe('Running');
  await expect(retryCluster(world.ports, await keyOf(world, 'p'), PERSON)).resolves.toBeDefined();
});

test('what an abort left is closed once somebody has taken the cluster past it, and nobody hears of it any more', async () => {
  const world = await abortedHalfWay('upgrade-control-plane', 'done');
  expect(codes(await explained(world))).toContain('RolloutAborted');
  for (const cluster of Object.values(world.eks.state.clusters)) cluster.version = '1.38';
  await recordCluster(world.ports, { account: '111111111111', region: 'eu-central-1', name: 'web', depth: 'deep' });
  await hours(world, 2);
  const [upgrade] = await upgradesOf(world);
  expect([upgrade?.status, upgrade?.reasons.map(({ code }) => code)]).toEqual(['Canceled', ['BeyondTarget']]);
  expect((await membersOf(world)).map(({ status, inFlight }) => [status, inFlight])).toEqual([['Excluded', false]]);
  expect(codes(await explained(world))).not.toContain('RolloutAborted');
  expect(
    (await loadRolloutDetail(world.table, await rolloutIdOf(world), world.clock.now())).progress.leftHalfDone,
  ).toBe(0);
});
