import { stopFleet } from '../../core/operations/fleet-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { pauseRollout } from '../../core/operations/rollout-orders.ts';
import type { GrantAnswer } from '../../core/steps/request-grant.ts';
import { markDirty } from '../../core/store/change.ts';
import { ClusterControls, Clusters, Ledgers } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import { MACHINE_ARN_PREFIX } from '../../simulator/process/machines.ts';
import type { World } from '../../simulator/process/world.ts';
import { attributesClass, OLD } from '../material/kubernetes/attributes-class.ts';
import { at, spec } from './changed-policy.ts';
import { onStep } from './on-step.ts';
import {
  beginByHand,
  clusterArn,
  discover,
  hours,
  onRecord,
  PERSON,
  recordOf,
  rolloutIdOf,
  type SmallFleet,
  smallFleet,
  touched,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

const ask = async (world: World, name = 'by-hand'): Promise<GrantAnswer> =>
  (await world.invoke('request-grant', {
    step: 'upgrade-cluster',
    input: { cluster: clusterArn('web'), targetVersion: '1.37' },
    execution: {
      arn: `${MACHINE_ARN_PREFIX}upgrade-cluster:${name}`,
      name,
      startTime: world.clock.now().toISOString(),
    },
  })) as GrantAnswer;

const change = async (world: World, more: object): Promise<void> => {
  const { clusterKey } = await recordOf(world, 'web');
  const read = await load(world.table, Clusters, clusterKey);
  if (read !== undefined) await onRecord(world, 'Changed', replace(Clusters, read, { ...read.data, ...more }));
};
const hold = async (world: World): Promise<void> => {
  const { clusterKey } = await recordOf(world, 'web');
  const held = { reason: { code: 'UpdateFailed' as const, message: 'It failed.' }, since: '2026-11-20T08:00:00.000Z' };
  await onRecord(world, 'Held', replace(ClusterControls, undefined, { clusterKey, held }));
};
const calendar = (windows: readonly object[]): Partial<SmallFleet> => ({
  calendars: { prod: { windows } },
  policy: { trigger: 'manual', waves: [{ name: 'all', calendar: 'prod' }] },
});
/** Discovery has not seen it yet. */
async function tags(world: World, name: string, value: string): Promise<void> {
  for (const cluster of Object.values(world.eks.state.clusters)) cluster.tags[`liftlock/${name}`] = value;
}
const nothing = async () => {};

test.each<[string, GrantAnswer['status'], Partial<SmallFleet>, (world: World) => Promise<unknown>]>([
  ['FleetStopped', 'parked', {}, (world) => stopFleet(world.ports, PERSON, 'test')],
  ['GrantBusy', 'parked', {}, (world) => ask(world, 'before')],
  [
    'CapReached',
    'parked',
    { caps: { total: 1 } },
    (world) => onRecord(world, 'Counted', replace(Ledgers, undefined, { counts: { total: 1 } })),
  ],
  ['WindowClosed', 'blocked', calendar([{ name: 'nights', schedule: '0 22 * * *', duration: '6h' }]), nothing],
  ['WindowTooShort', 'blocked', calendar([{ name: 'now', schedule: '30 7 * * *', duration: '1h' }]), nothing],
  ['NoCalendar', 'blocked', { policy: { trigger: 'manual', waves: [{ name: 'all', calendar: 'nowhere' }] } }, nothing],
  ['ObserveMode', 'blocked', { mode: 'observe' }, nothing],
  ['Held', 'blocked', {}, hold],
  ['Excluded', 'blocked', {}, (world) => tags(world, 'paused', 'true')],
  ['Pinned', 'blocked', {}, (world) => tags(world, 'pin-version', '1.36')],
  ['BadTag', 'blocked', {}, (world) => tags(world, 'paused', 'perhaps')],
  ['Unsupported', 'blocked', {}, (world) => change(world, { unsupported: 'It is on Outposts.' })],
  ['Denied', 'blocked', {}, async (world) => world.eks.state.deniedAccounts.push('111111111111')],
  ['Gone', 'blocked', {}, (world) => change(world, { deletedAt: '2026-11-20T08:00:00.000Z' })],
])('whoever asks by hand and meets %s is %s', async (code, status, fleet, prepare) => {
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.36' }],
    policy: { trigger: 'manual' },
    ...fleet,
  });
  await discover(world);
  await prepare(world);
  const answer = await ask(world);
  expect([answer.status, answer.reasons.map((reason) => reason.code)]).toEqual([
    status,
    expect.arrayContaining([code]),
  ]);
});

describe('a start by hand between the end of an upgrade and the freeing of its grant', () => {
  test('does not keep the place of the cluster in its wave for ever', async () => {
    const world = await smallFleet({
      clusters: [
        ...staged('dev', ['a']).map((one) => ({ ...one, objects: [attributesClass(OLD)] })),
        ...staged('dev', ['b', 'c']),
      ],
      policy: spec(at('dev', { maxConcurrency: 1 })),
    });
    let done = false;
    const before = world.bus.onEvent;
    world.bus.onEvent = (published) => {
      before(published);
      const { event } = published;
      if (done || event.type !== 'UpgradeChanged' || event.detail.status !== 'Blocked') return;
      done = true;
      world.clock.schedule(world.clock.now(), async () => {
        await beginByHand(world, 'upgrade-cluster', { cluster: clusterArn('a'), targetVersion: '1.37' });
      });
    };
    await hours(world, 48);
    expect(done).toBe(true);
    const [wave] = await wavesOf(world);
    expect([wave?.status, wave?.inFlight, touched(world, 'b'), touched(world, 'c')]).toEqual([
      'Completed',
      0,
      true,
      true,
    ]);
  });
});

describe('the index does not list a cluster yet that a person has asked an upgrade of', () => {
  test.each([false, true])('and it waits all the same (lags: %s)', async (lags) => {
    const world = await smallFleet({ clusters: staged('dev', ['d', 'e']), policies: [] });
    await hours(world, 1.2);
    await stopFleet(world.ports, PERSON, 'wait');
    await beginByHand(world, 'upgrade-cluster', { cluster: clusterArn('d'), targetVersion: '1.37' });
    await world.clock.runUntil(new Date(world.clock.now().getTime() + 30_000));
    expect((await upgradesOf(world)).map(({ status }) => status)).toEqual(['Parked']);
    const queryKind = world.table.queryKind.bind(world.table);
    let hides = lags;
    world.table.queryKind = async (kind) => {
      const items = await queryKind(kind);
      return hides && kind === 'Cluster' ? items.filter((one) => !JSON.stringify(one).includes('cluster/d@')) : items;
    };
    await markDirty(world.ports);
    await world.tick();
    hides = false;
    expect((await upgradesOf(world)).map(({ status, reasons }) => [status, reasons.map(({ code }) => code)])).toEqual([
      ['Parked', ['FleetStopped']],
    ]);
  });
});

describe('an upgrade that has changed its cluster in a rollout, and is parked before its control plane moves', () => {
  test('is not taken from that rollout, past its pause, by who asks for its version', async () => {
    const it = await smallFleet({
      clusters: staged('prod', ['p']).map((one) => ({ ...one, addons: { 'vpc-cni': 'v1.21.1-eksbuild.3' } })),
      policy: spec(at('prod')),
    });
    onStep(it, 'update-addons-before', 'running', 'p', async () => {
      await pauseRollout(it.ports, await rolloutIdOf(it), PERSON, 'not now');
    });
    await hours(it, 3);
    const state = async () =>
      (await upgradesOf(it)).map(({ id, status, mutated, rolloutId }) => [id, status, mutated, rolloutId]);
    const before = [['1.36-1.37', 'Parked', true, await rolloutIdOf(it)]];
    expect([await state(), versionOf(it, 'p')]).toEqual([before, '1.36']);
    const plan = await requestUpgrade(it.ports, await recordOf(it, 'p'), '1.37', PERSON, { approve: false });
    await beginByHand(it, 'upgrade-cluster', { cluster: clusterArn('p'), targetVersion: '1.37' }, 'hand');
    await hours(it, 3);
    expect([plan.refusals.map(({ code }) => code), await state(), versionOf(it, 'p')]).toEqual([
      ['UpgradeUnderWay'],
      before,
      '1.36',
    ]);
  });
});
