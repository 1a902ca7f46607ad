import type { Upgrade } from '../../core/contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../../core/contracts/items/rollout.ts';
import { reason } from '../../core/contracts/step-result.ts';
import { ClusterControls, Epochs, Grants, Members, Rollouts, Upgrades, Waves } from '../../core/store/entities.ts';
import { put } from '../../core/store/entity.ts';
import { DAY, recordOf, smallFleet } from '../../test/behaviour/small-fleet.ts';
import { grantOf, upgradeOf } from '../../test/material/invariants/fabricate.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { untilRest } from './until-rest.ts';
import type { World } from './world.ts';

const inHours = (hours: number): Date => new Date(DAY.getTime() + hours * 3_600_000);

/** What is under way in a fleet of one cluster. */
interface Given {
  readonly rollout?: Partial<Rollout>;
  readonly wave?: Partial<Wave>;
  readonly member?: Partial<Member>;
  readonly upgrade?: Partial<Upgrade>;
  readonly isHeld?: true;
  readonly hasGrant?: true;
  readonly tags?: Readonly<Record<string, string>>;
  readonly calendar?: Record<string, unknown>;
}

async function worldOf({
  rollout,
  wave,
  member,
  upgrade,
  isHeld,
  hasGrant,
  tags = {},
  calendar,
}: Given): Promise<World> {
  const waves = [{ name: 'all', ...(calendar === undefined ? {} : { calendar: 'prod' }) }];
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.36', tags }],
    policy: { waves },
    ...(calendar === undefined ? {} : { calendars: { prod: calendar } }),
  });
  await world.invoke('discover-clusters', {});
  await world.clock.runUntil(new Date(DAY.getTime() + 60_000));
  const { clusterKey, name } = await recordOf(world, 'web');
  const held = { since: DAY.toISOString(), reason: reason('Held', 'it failed') };
  await world.table.transact([
    put(Epochs, { number: 1 }, 'absent'),
    put(Rollouts, rolloutItem({ policy: 'policy-0', ...rollout }), 'absent'),
    put(Waves, waveItem(wave), 'absent'),
    ...(member === undefined ? [] : [put(Members, memberItem({ clusterKey, name, ...member }), 'absent')]),
    ...(upgrade === undefined ? [] : [put(Upgrades, upgradeOf({ clusterKey, ...upgrade }), 'absent')]),
    ...(isHeld === undefined ? [] : [put(ClusterControls, { clusterKey, held }, 'absent')]),
    ...(hasGrant === undefined ? [] : [put(Grants, grantOf({ clusterKey }), 'absent')]),
  ]);
  return world;
}

/** Whether the run ends by itself within half a day in which nobody looks. */
async function rests(given: Given, more: Partial<Parameters<typeof untilRest>[2]> = {}): Promise<boolean> {
  const world = await worldOf(given);
  return untilRest(world, world.clock, { until: inHours(12), quietHours: 1, ...more });
}

const resumeAt = inHours(40).toISOString();
const BY_HAND = { rolloutId: undefined as never };
const parked: Given = { member: { status: 'Parked', inFlight: true }, upgrade: { status: 'Parked', resumeAt } };
const soaking = (more: Partial<Wave> = {}): Given => ({ wave: { status: 'Soaking', ...more } });
const reading = (status: 'green' | 'red'): Partial<Wave> => ({
  gates: { checkedAt: DAY.toISOString(), readings: [{ gate: 'errors', status, message: '' }] },
});
const opensAt = (hour: number): Record<string, unknown> => ({
  windows: [{ name: 'nights', schedule: `30 ${hour} * * *`, duration: '4h' }],
});

test.each<[string, Given]>([
  ['an upgrade is parked in a rollout that has halted', { ...parked, rollout: { status: 'Halted' } }],
  ['the cluster of a parked upgrade is held', { ...parked, isHeld: true }],
  ['the member of a parked upgrade is set aside', { ...parked, member: { status: 'Quarantined' } }],
  [
    'what a person asked for may go on and is refused for a tag',
    {
      upgrade: { ...BY_HAND, status: 'Parked', resumeAt: DAY.toISOString() },
      tags: { 'liftlock/paused': 'true' },
    },
  ],
  ['a wave that soaks has a gate that is red', soaking(reading('red'))],
  ['a cluster of a wave that soaks goes back', soaking({ goingBack: ['another'] })],
  ['the policy has no wave of that name any more', soaking({ name: 'former' })],
  ['a member waits for a window after the end of the run', { member: {}, calendar: opensAt(23) }],
])('a run rests where %s', async (_, given) => {
  expect(await rests(given)).toBe(true);
});

test.each<[string, Given]>([
  ['an upgrade is parked in a rollout that runs', parked],
  [
    'an upgrade that a person asked for is parked',
    { ...parked, upgrade: { ...parked.upgrade, ...BY_HAND }, rollout: { status: 'Halted' } },
  ],
  ['an upgrade runs', { upgrade: { status: 'Running' } }],
  ['a grant is not free', { hasGrant: true }],
  [
    'what takes back a change is parked in a cluster that is held',
    {
      upgrade: { id: 'undo-x', machine: 'restore-nodes', status: 'Parked', resumeAt },
      isHeld: true,
    },
  ],
  ['a wave soaks', soaking(reading('green'))],
  ['a member waits for a window', { member: {}, calendar: opensAt(19) }],
])('a run goes on while %s', async (_, given) => {
  expect(await rests(given)).toBe(false);
});

test('a run goes on until whoever acts outside has acted, and whoever is asked has answered', async () => {
  expect(await rests({})).toBe(true);
  expect(await rests({}, { notBefore: inHours(20) })).toBe(false);
  expect(await rests({}, { isExpected: () => true })).toBe(false);
  expect(await rests({}, { people: async () => true })).toBe(false);
  const world = await worldOf({});
  world.eks.state.actors.push({ at: inHours(20).getTime() } as never);
  expect(await untilRest(world, world.clock, { until: inHours(12), quietHours: 1 })).toBe(false);
});

test('what is done at rest makes the run rest once more for as long', async () => {
  const world = await worldOf({});
  const rested: number[] = [];
  const onRest = async (): Promise<boolean> => rested.push(world.clock.now().getTime()) < 2;
  expect(await untilRest(world, world.clock, { until: inHours(12), quietHours: 1, onRest })).toBe(true);
  expect(rested.map((at) => (at - DAY.getTime()) / 60_000)).toEqual([71, 141]);
});
