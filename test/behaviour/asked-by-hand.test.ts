import { stopFleet } from '../../core/operations/fleet-switch.ts';
import type { GrantAnswer } from '../../core/steps/request-grant.ts';
import { ClusterControls, Clusters, Ledgers } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import { MACHINE_ARN_PREFIX } from '../../simulator/process/machines.ts';
import type { World } from '../../simulator/process/world.ts';
import { clusterArn, discover, onRecord, PERSON, recordOf, type SmallFleet, smallFleet } from './small-fleet.ts';

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
const tags = (world: World, name: string, value: string) => change(world, { tags: { [`liftlock/${name}`]: value } });
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
