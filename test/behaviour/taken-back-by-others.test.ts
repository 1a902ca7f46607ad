import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import {
  beforeCommit,
  hours,
  memberOf,
  minutes,
  mutationsOf,
  PERSON,
  recordOf,
  rolloutsOf,
  run,
  type SmallFleet,
  smallFleet,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';

// docs/rollbacks.md, Taken back by somebody else: what a person took back by hand nobody takes up again.

const shop = { name: 'shop', version: '1.36', addons: {} };
const inWave = (wave: object) => ({ waves: [{ name: 'all', ...wave }] });

/** Somebody asks EKS for another version, past Liftlock. */
function askEks(world: World, version: string, force = false): void {
  const [cluster] = Object.values(world.eks.state.clusters);
  if (cluster === undefined) throw new Error('no cluster');
  const { account, region, name } = cluster;
  const caller = { account, region, principal: `arn:aws:iam::${account}:user/ann` };
  world.eks.operation('UpdateClusterVersion', { name, version, force }, caller, world.clock.now());
}
const TAKEN_BACK = 'The control plane was taken back from 1.37 to 1.36, and not by Liftlock.';
const asked = (world: World) => mutationsOf(world).filter(({ operation }) => operation === 'UpdateClusterVersion');
const hopOf = async (world: World) => (await upgradesOf(world)).find(({ id }) => id === '1.36-1.37');

async function expectHeld(world: World): Promise<void> {
  const { state, reasons } = await explainCluster(world.ports, await recordOf(world, 'shop'));
  expect([state, reasons.map(({ message }) => message).join(' ')]).toEqual([
    'Held',
    expect.stringContaining(`${TAKEN_BACK} Nothing takes it to 1.37 again before somebody takes the hold off.`),
  ]);
}

async function expectLeftAlone(world: World): Promise<void> {
  expect([versionOf(world, 'shop'), asked(world)]).toEqual(['1.36', [expect.anything()]]);
  expect(await hopOf(world)).toMatchObject({
    status: 'RolledBack',
    reasons: [{ code: 'RolledBack', message: TAKEN_BACK }],
  });
  expect(await memberOf(world, 'shop')).toMatchObject({ status: 'Failed', inFlight: false });
  await expectHeld(world);
}

test.each([
  ['bakes', { bake: '6h' }, 'Baking'],
  ['is watched', { watch: '6h' }, 'Watching'],
])('a control plane that somebody takes back while its hop %s is not taken up again', async (_, wave, code) => {
  const world = await smallFleet({ clusters: [shop], policy: inWave(wave) });
  await hours(world, 2);
  const hop = await hopOf(world);
  expect([hop?.status, hop?.reasons[0]?.code]).toEqual(['Parked', code]);
  askEks(world, '1.36');
  // The next look of discovery tells, hours before the hop was to go on.
  await hours(world, 2);
  await expectLeftAlone(world);
  await run(world);
  await expectLeftAlone(world);
});

test('where nobody has looked since, the hop finds it when it goes on', async () => {
  const world = await smallFleet({ clusters: [shop], policy: inWave({ bake: '3h' }) });
  await hours(world, 2.5);
  askEks(world, '1.36');
  const before = world.bus.published.length;
  await minutes(world, 60);
  await expectLeftAlone(world);
  // Nobody is told that EKS would take back what it has taken back.
  const told = world.bus.published
    .slice(before)
    .flatMap(({ event }) => ('reasons' in event.detail ? event.detail.reasons : []));
  expect(told.filter(({ code }) => ['RolledBack', 'HopReversible'].includes(code)).map(({ code }) => code)).toEqual([
    'RolledBack',
    'RolledBack',
  ]);
});

test('a hop that had succeeded counts as taken back, and its cluster is held', async () => {
  const world = await smallFleet({ clusters: [shop] });
  await run(world);
  expect([(await hopOf(world))?.status, (await rolloutsOf(world))[0]?.status]).toEqual(['Succeeded', 'Completed']);
  askEks(world, '1.36');
  await run(world);
  await expectLeftAlone(world);
  expect((await rolloutsOf(world)).map(({ status }) => status)).toEqual(['CompletedWithFailures']);
});

/** Does something right after the last check of a hop, before anything else of it. */
function afterItsChecks(world: World, act: () => unknown): void {
  const before = world.bus.onEvent;
  world.bus.onEvent = (published) => {
    before(published);
    const { type, detail } = published.event;
    if (type === 'StepChanged' && detail.step === 'smoke-check' && detail.status === 'done') act();
  };
}

/** Until its hop has succeeded, with no look of discovery in between. */
async function succeed(world: World): Promise<void> {
  await hours(world, 0.1);
  for (let spent = 0; spent < 300 && (await hopOf(world))?.status !== 'Succeeded'; spent += 1) await minutes(world, 1);
  expect((await hopOf(world))?.status).toBe('Succeeded');
}

test('so it is within the hour after its hop, which has the inventory see its end', async () => {
  const world = await smallFleet({ clusters: [shop] });
  await succeed(world);
  askEks(world, '1.36');
  await run(world);
  await expectLeftAlone(world);
});

test('so it is where the cluster could not be read when its hop ended', async () => {
  const world = await smallFleet({ clusters: [shop] });
  const { deniedAccounts } = world.eks.state;
  afterItsChecks(world, () => deniedAccounts.push('111111111111'));
  await succeed(world);
  expect((await recordOf(world, 'shop')).version).toBe('1.36');
  deniedAccounts.pop();
  askEks(world, '1.36');
  await run(world);
  await expectLeftAlone(world);
});

test('nodes that stay at the minor which is left are a warning, and block what comes before anybody tries it', async () => {
  const world = await smallFleet({ clusters: [{ ...shop, nodegroups: [{ name: 'workers' }] }] });
  await run(world);
  askEks(world, '1.36', true);
  await hours(world, 3);
  await expectLeftAlone(world);
  const { warnings, readiness } = await explainCluster(world.ports, await recordOf(world, 'shop'));
  const skew = expect.stringMatching(
    /^kubelet on workers is 1\.37, newer than the API server at 1\.36, .* Take it back/,
  );
  expect(warnings.map(({ message }) => message)).toEqual([skew]);
  expect([readiness.verdict, readiness.reasons.map(({ message }) => message)]).toEqual([
    'blocked',
    [
      expect.stringMatching(/^The cluster is held since/),
      skew,
      expect.stringMatching(/^The last look was before shop/),
    ],
  ]);
});

test('a person who takes it back by hand once a rollback was refused is not undone', async () => {
  const custom: NonNullable<SmallFleet['prepare']> = (state) => {
    for (const { nodegroups } of Object.values(state.clusters))
      for (const group of nodegroups) group.amiType = 'CUSTOM';
  };
  const policy = { verification: 'eks-api', smoke: { deployments: [], urls: [] } };
  const clusters = [{ ...shop, nodegroups: [{ name: 'workers' }] }];
  const world = await smallFleet({ clusters, policy, prepare: custom });
  await hours(world, 3);
  await requestRollback(world.ports, await recordOf(world, 'shop'), PERSON, { approve: true });
  await minutes(world, 20);
  expect((await upgradesOf(world)).map(({ status }) => status)).toEqual(['Succeeded', 'Blocked']);
  askEks(world, '1.36');
  await run(world);
  await expectLeftAlone(world);
});

test('what others take back and up again has its way back counted from then', async () => {
  const world = await smallFleet({ clusters: [shop] });
  await run(world);
  askEks(world, '1.36');
  await hours(world, 3 * 24);
  askEks(world, '1.37');
  await hours(world, 5 * 24);
  const { status, refusals } = await requestRollback(world.ports, await recordOf(world, 'shop'), PERSON, {
    approve: false,
  });
  expect([status, refusals]).toEqual(['NotApproved', []]);
  await requestRollback(world.ports, await recordOf(world, 'shop'), PERSON, { approve: true });
  await run(world);
  expect(versionOf(world, 'shop')).toBe('1.36');
});

test('a rollback that waits meanwhile is given up, and the cluster stays held', async () => {
  const stop = beforeCommit(async (of) => void (await stopFleet(of.ports, PERSON, 'wait')));
  const world = await smallFleet({ clusters: [shop], faults: [{ ...stop, skip: 1 }] });
  await run(world);
  await requestRollback(world.ports, await recordOf(world, 'shop'), PERSON, { approve: true });
  await hours(world, 1);
  askEks(world, '1.36');
  await hours(world, 2);
  await releaseCluster(world.ports, (await recordOf(world, 'shop')).clusterKey, PERSON);
  await resumeFleet(world.ports, PERSON);
  await run(world);
  await expectLeftAlone(world);
});

test('what others have moved and taken back is held, too', async () => {
  const world = await smallFleet({ clusters: [shop], policy: { trigger: 'manual' } });
  await hours(world, 1);
  askEks(world, '1.37');
  await hours(world, 2);
  askEks(world, '1.36');
  await hours(world, 2);
  await expectHeld(world);
});

test.each<[string, string, (world: World) => Promise<unknown>]>([
  ['discovery', '6h', (world) => hours(world, 3)],
  ['the hop', '100m', (world) => minutes(world, 100)],
])('what others had moved before a hop did is held, and no failure, where %s finds it', async (_, bake, pass) => {
  const faults = [beforeCommit(async (of) => void (await stopFleet(of.ports, PERSON, 'wait')))];
  const world = await smallFleet({ clusters: [shop], policy: inWave({ bake }), faults });
  await hours(world, 1);
  askEks(world, '1.37');
  await hours(world, 1);
  await resumeFleet(world.ports, PERSON);
  await minutes(world, 50);
  const hop = await hopOf(world);
  expect([hop?.status, hop?.reasons[0]?.code, hop?.mutated]).toEqual(['Parked', 'Baking', false]);
  askEks(world, '1.36');
  await pass(world);
  await run(world);
  expect([versionOf(world, 'shop'), asked(world), (await hopOf(world))?.status]).toEqual(['1.36', [], 'Blocked']);
  expect(await memberOf(world, 'shop')).toMatchObject({ status: 'Blocked', inFlight: false });
  expect((await wavesOf(world)).map(({ status, failed }) => [status, failed])).toEqual([['Undecided', 0]]);
  await expectHeld(world);
  await retryCluster(world.ports, (await recordOf(world, 'shop')).clusterKey, PERSON);
  await run(world);
  expect((await memberOf(world, 'shop')).status).toBe('Succeeded');
});

test('what is tried again after it was taken back bakes again, and its seven days begin anew', async () => {
  const silences = [{ alarms: ['{cluster}-errors'], during: ['upgrade-control-plane'] }];
  const world = await smallFleet({ clusters: [shop], policy: { silences, ...inWave({ bake: '3h' }) } });
  await hours(world, 2);
  askEks(world, '1.36');
  await hours(world, 2);
  await expectLeftAlone(world);
  await retryCluster(world.ports, (await recordOf(world, 'shop')).clusterKey, PERSON);
  const again = world.clock.now().toISOString();
  await hours(world, 2);
  const hop = await hopOf(world);
  expect([versionOf(world, 'shop'), hop?.status, hop?.reasons[0]?.code]).toEqual(['1.37', 'Parked', 'Baking']);
  expect(hop?.controlPlaneCompletedAt && hop.controlPlaneCompletedAt > again).toBe(true);
  await run(world);
  expect((await hopOf(world))?.status).toBe('Succeeded');
});
