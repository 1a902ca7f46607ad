import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { voteOnWave } from '../../core/operations/vote-on-wave.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import type { World } from '../../simulator/process/world.ts';
import { answering, fleet, hook, URL } from './hooked-fleet.ts';
import {
  hours,
  memberOf,
  mutationsOf,
  PERSON,
  recordOf,
  rolloutsOf,
  run,
  smallFleet,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';
import { failing } from './staged-fleet.ts';

// What an attempt has changed stays changed, and counts as a failure where the next one fails; what the next one does first is its first change all the same.

const ANA = 'sso:111111111111/ana';
const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 1 }] };
const runningIn = async (world: World) =>
  (await rolloutsOf(world)).find(({ status }) => status === 'Running')?.id ?? '';
const vote = async (world: World, decision: 'Approved' | 'Rejected') =>
  voteOnWave(world.ports, await runningIn(world), 'all', { decision, by: ANA });

test('a retry asks the hooks before an upgrade anew, also where the attempt before has changed the cluster', async () => {
  const world = await fleet({ hooks: [hook('before', 'upgrade-cluster'), hook('after', 'upgrade-control-plane')] });
  const asked = answering(world, 'go', 'stop', 'go');
  await run(world);
  expect([versionOf(world, 'web'), (await memberOf(world, 'web')).status]).toEqual(['1.37', 'Failed']);
  const [first] = asked;
  await retryCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON);
  await run(world);
  // Whoever has said stop to what was done is asked first: nothing more is done before that.
  expect(asked.slice(2).map(({ at, step }) => `${at} ${step}`)).toEqual([
    'after upgrade-control-plane',
    'before upgrade-cluster',
  ]);
  expect(asked[3]?.key).not.toBe(first?.key);
  expect((await memberOf(world, 'web')).status).toBe('Succeeded');
});

interface Given {
  readonly policy?: object;
  readonly armed?: Faults;
  readonly calendars?: Readonly<Record<string, Record<string, unknown>>>;
  /** Before the second one begins. */
  readonly prepare?: (world: World) => unknown;
  /** Hours that a rollout has. */
  readonly span?: number;
}

/** It fails in its first rollout, is released, and goes in a second one two weeks later, until the first change of that. */
async function secondRollout({ policy, prepare = () => {}, span = 3, ...more }: Given) {
  const world = await smallFleet({
    clusters: [web],
    ...more,
    policy: { trigger: 'manual', waves: [{ name: 'all', approval: { approvals: 1, from: ['*'] } }], ...policy },
    prepare: failing('web'),
  });
  const asked = answering(world, 'go');
  const begin = async () => {
    await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
    await hours(world, 0.5);
    await vote(world, 'Approved').catch(() => undefined);
    await hours(world, span);
  };
  await hours(world, 1);
  await begin();
  expect([versionOf(world, 'web'), (await memberOf(world, 'web')).status]).toEqual(['1.36', 'Failed']);
  await releaseCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON);
  await abortRollout(world.ports, (await rolloutsOf(world))[0]?.id ?? '', PERSON, 'enough');
  await hours(world, 14 * 24);
  const before = { asked: asked.splice(0).length, calls: mutationsOf(world).length };
  prepare(world);
  await begin();
  return { world, asked, before };
}

test('another rollout asks them anew', async () => {
  const { world, asked, before } = await secondRollout({ policy: { hooks: [hook('before', 'upgrade-cluster')] } });
  expect([before.asked, asked.length]).toEqual([1, 1]);
  expect(versionOf(world, 'web')).toBe('1.37');
});

/** Before the commit of a function that comes so late. */
const rejecting = (name: 'upgrade-control-plane' | 'roll-node-group', skip: number, rejected: string[]) => {
  const act = async (world: World) => {
    rejected.push(versionOf(world, 'web') ?? '');
    await vote(world, 'Rejected');
  };
  return new Faults([{ when: 'before', operation: 'commit', function: name, skip, effect: { kind: 'act', act } }]);
};

test('a rejection between its grant and its first change stops it, and it is not granted before that is taken back', async () => {
  const rejected: string[] = [];
  // The first commit is that of the attempt that fails.
  const { world, before } = await secondRollout({ armed: rejecting('upgrade-control-plane', 1, rejected) });
  expect(rejected).toEqual(['1.36']);
  expect(mutationsOf(world)).toHaveLength(before.calls);
  const [upgrade] = await upgradesOf(world);
  expect([upgrade?.status, upgrade?.reasons[0]?.code]).toEqual(['Parked', 'ApprovalRejected']);
  const granted = (await world.auditTimeline()).filter(({ event }) => event === 'Granted').length;
  await hours(world, 24);
  expect((await world.auditTimeline()).filter(({ event }) => event === 'Granted')).toHaveLength(granted);
  await vote(world, 'Approved');
  await hours(world, 3);
  expect(versionOf(world, 'web')).toBe('1.37');
});

test('a rejection after its first change leaves it to come to its end', async () => {
  const rejected: string[] = [];
  const { world } = await secondRollout({ armed: rejecting('roll-node-group', 0, rejected) });
  expect(rejected).toEqual(['1.37']);
  const [upgrade] = await upgradesOf(world);
  expect([upgrade?.status, upgrade?.noChangeYet]).toEqual(['Succeeded', undefined]);
});

test('what was throttled has changed nothing: the next look is at a first change again', async () => {
  let stopping: Promise<unknown> | undefined;
  const throttle =
    (world: World) =>
    ({ operation }: { operation: string }) => {
      if (operation !== 'UpdateClusterVersion' || stopping !== undefined) return;
      stopping = stopFleet(world.ports, PERSON, 'an incident');
      throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    };
  const { world, asked, before } = await secondRollout({
    policy: { hooks: [hook('before', 'upgrade-cluster')] },
    prepare: (world) => world.eks.faults.beforeOperation.push(throttle(world)),
  });
  await stopping;
  expect((await upgradesOf(world))[0]).toMatchObject({ status: 'Parked', mutated: true, noChangeYet: true });
  await vote(world, 'Rejected');
  await resumeFleet(world.ports, PERSON);
  await hours(world, 24);
  expect([versionOf(world, 'web'), mutationsOf(world).length]).toEqual(['1.36', before.calls]);
  await vote(world, 'Approved');
  asked.length = 0;
  await hours(world, 3);
  expect([asked.length, versionOf(world, 'web')]).toEqual([1, '1.37']);
});

test('a cluster that others tag meanwhile is looked at anew before the first change', async () => {
  const tag = (world: World) =>
    world.hooks.set(URL, () => {
      for (const one of Object.values(world.eks.state.clusters)) Object.assign(one.tags, { stage: 'prod' });
      return '{"schema":"liftlock.hook/v1","answer":"go"}';
    });
  const { world } = await secondRollout({ policy: { hooks: [hook('before', 'upgrade-cluster')] }, prepare: tag });
  const parked = (await world.auditTimeline()).filter(({ event }) => event === 'UpgradeParked');
  expect(JSON.stringify(parked.at(-1)?.detail.reasons)).toContain('InventoryIncomplete');
});

test('one that does not fit into its window any more begins in a later one', async () => {
  const late = (world: World) =>
    world.hooks.set(URL, () => {
      const minute = (world.clock.now().getTime() % 86_400_000) / 60_000;
      return JSON.stringify({ schema: 'liftlock.hook/v1', answer: minute >= 225 && minute < 240 ? 'go' : 'wait' });
    });
  const { world, before } = await secondRollout({
    calendars: { nights: { windows: [{ name: 'n', schedule: '0 2 * * *', duration: '2h' }] } },
    policy: {
      ...{ estimates: { upgrade: '90m' }, hooks: [hook('before', 'upgrade-cluster', { timeout: '2h' })] },
      waves: [{ name: 'all', calendar: 'nights' }],
    },
    prepare: late,
    span: 24,
  });
  await hours(world, 72);
  expect([mutationsOf(world).length, versionOf(world, 'web')]).toEqual([before.calls, '1.36']);
  expect((await upgradesOf(world))[0]?.reasons.map(({ code }) => code)).toContain('WindowTooShort');
});
