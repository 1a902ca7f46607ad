import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import {
  calendarConfig,
  checksOf,
  cluster,
  fleetConfig,
  grant,
  type Kept,
  keep,
  NOON,
  policyConfig,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { AppliedConfig, Rollout, Wave } from '../contracts/items/rollout.ts';
import { PolicyRollouts } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { calendarUsers, channelUsers, policyUsers } from './delete-config.ts';

/** A table whose lists know neither rollouts nor what is under way yet. */
class LateTable extends MemoryTable {
  override queryKind = async (kind: string) => (kind === 'Rollout' ? [] : super.queryKind(kind));
  override queryActive = async () => [];
}

const NONE: Kept = { rollout: undefined, waves: [], member: undefined, policy: undefined };
const shop = policyConfig(policyWith({ name: 'p', selector: '{ matchLabels: { team: shop } }' }));
const teams: AppliedConfig = {
  ...fleetConfig,
  document: {
    ...fleetConfig.document,
    spec: { ...(fleetConfig.document.spec as object), labels: { fromTags: { team: 'team' } } },
  },
};
const unreadable = (spec: object): AppliedConfig => ({ ...shop, document: { ...shop.document, spec } });
/** Users as far as their first comma or colon. */
const short = ({ users }: { readonly users: readonly string[] }) => users.map((one) => one.split(/[:,]/)[0]);

async function usersOf(kept: Kept, policy = shop, table = new MemoryTable(), newest?: string) {
  await keep(table, { ...NONE, fleet: teams, ...kept });
  if (newest !== undefined) await table.transact([put(PolicyRollouts, { policy: 'p', rolloutId: newest }, 'absent')]);
  return policyUsers(table, policy);
}

test('a policy is used by its rollout, and told how that ends', async () => {
  expect((await usersOf({ rollout: rolloutItem() })).users).toEqual([
    'Its rollout r is Running: abort it first, with liftlock rollout abort r, or wait for its end.',
  ]);
});

test.each<[string, Partial<Rollout>, readonly string[]]>([
  ['is halted', { status: 'Halted' }, ['Its rollout r is Halted']],
  ['has ended', { status: 'Completed' }, []],
  ['was aborted', { status: 'Aborted' }, []],
  ['is another policy’s', { policy: 'other' }, []],
])('of a rollout that %s a policy knows whether it is used', async (_, rollout, expected) => {
  expect(short(await usersOf({ rollout: rolloutItem(rollout) }))).toEqual(expected);
});

test('a rollout that was created a moment ago is found by its policy, and once', async () => {
  for (const table of [new LateTable(), new MemoryTable()])
    expect(short(await usersOf({ rollout: rolloutItem() }, shop, table, 'r'))).toEqual(['Its rollout r is Running']);
});

test('nobody begins anything by a policy between this answer and the transaction', async () => {
  const checks = async (kept: Kept, newest?: string) =>
    checksOf((await usersOf(kept, shop, new MemoryTable(), newest)).checks);
  const [none, ended] = [await checks({}), await checks({ rollout: rolloutItem({ status: 'Completed' }) }, 'r')];
  expect(none).toHaveLength(2);
  expect(ended).toHaveLength(3);
  expect(none.every((one) => one.endsWith('absent'))).toBe(true);
  expect(ended.filter((one) => one.endsWith(' 1'))).toEqual(expect.arrayContaining(['ROLLOUT#r ROLLOUT 1']));
});

const byHand = (more: Partial<Upgrade> = {}) => upgrade({ rolloutId: undefined, waveIndex: undefined, ...more });
const back = { id: 'rollback-1.37-1.36', machine: 'rollback-cluster', from: '1.37', to: '1.36' } as const;
const aborted = (more: Partial<Rollout> = {}) => rolloutItem({ status: 'Aborted', ...more });
const second = policyConfig(policyWith({ name: 'second' }));
const away = clusterRecord({ ...cluster, tags: { team: 'bank' }, labels: { team: 'shop' } });

describe('what is under way goes by the policy', () => {
  const told = (what: string, status = 'Running') => [`The ${what} of web goes by it and is ${status}`];
  const hop = told('upgrade from 1.36 to 1.37');
  test.each<[string, Kept & { readonly asked?: AppliedConfig }, readonly string[]]>([
    ['that selects its cluster, where a person began it', { upgrades: [byHand()] }, hop],
    [
      'also while it is parked',
      { upgrades: [byHand({ status: 'Parked' })] },
      told('upgrade from 1.36 to 1.37', 'Parked'),
    ],
    ['a way back', { upgrades: [byHand(back)] }, told('rollback from 1.37 to 1.36')],
    ['a drain', { upgrades: [byHand({ machine: 'drain-nodes' })] }, told('drain')],
    ['not what takes back what another one has left', { upgrades: [byHand({ machine: 'restore-nodes' })] }, []],
    [
      'not where another one selects its cluster too, so that it waits until one does',
      { upgrades: [byHand({ status: 'Parked' })], policy: second },
      [],
    ],
    ['not once it has ended', { upgrades: [byHand({ status: 'Succeeded' })] }, []],
    ['not where the tags of its cluster are others by now', { upgrades: [byHand()], cluster: away }, []],
    [
      'not where its cluster is deleted',
      { upgrades: [byHand()], cluster: { ...cluster, deletedAt: NOON.toISOString() } },
      [],
    ],
    ['where nobody knows its rollout any more', { upgrades: [upgrade()] }, hop],
    [
      'also where this version can read the selector alone',
      { upgrades: [byHand()], asked: unreadable({ selector: { matchLabels: { team: 'shop' } }, waves: 'none' }) },
      hop,
    ],
    ['not where it cannot read the selector either', { upgrades: [byHand()], asked: unreadable({ selector: 7 }) }, []],
    [
      'of its rollout, which is named beside it',
      { upgrades: [upgrade()], rollout: rolloutItem() },
      ['Its rollout r is Running', ...hop],
    ],
    ['not of another policy’s rollout', { upgrades: [upgrade()], rollout: aborted({ policy: 'other' }) }, []],
    ['of its rollout that was aborted, while it runs', { upgrades: [upgrade()], rollout: aborted() }, hop],
    [
      'of its rollout that was aborted, wherever its cluster belongs by now',
      { upgrades: [upgrade()], rollout: aborted(), cluster: away },
      hop,
    ],
    ['not where an abort left it parked', { upgrades: [upgrade({ status: 'Parked' })], rollout: aborted() }, []],
    [
      'where it is parked in a rollout that has ended otherwise',
      { upgrades: [upgrade({ status: 'Parked' })], rollout: rolloutItem({ status: 'CompletedWithFailures' }) },
      told('upgrade from 1.36 to 1.37', 'Parked'),
    ],
    [
      'on its way back, which an abort does not stop',
      { upgrades: [upgrade({ ...back, status: 'Parked' })], rollout: aborted() },
      told('rollback from 1.37 to 1.36', 'Parked'),
    ],
    [
      'where it is parked after an abort, while its execution holds the grant',
      { upgrades: [upgrade({ status: 'Parked' })], rollout: aborted(), grant: grant({ status: 'closing' }) },
      told('upgrade from 1.36 to 1.37', 'Parked'),
    ],
    [
      'while its execution holds the grant, though it has ended',
      { upgrades: [byHand({ status: 'Succeeded' })], grant: grant({ status: 'closing' }) },
      told('upgrade from 1.36 to 1.37', 'Succeeded'),
    ],
    [
      'not once the grant is free',
      { upgrades: [upgrade({ status: 'Parked' })], rollout: aborted(), grant: grant({ status: 'free' }) },
      [],
    ],
    [
      'not where the execution that holds the grant makes another upgrade',
      {
        upgrades: [upgrade({ id: '1.35-1.36', status: 'Parked' }), upgrade({ status: 'Succeeded' })],
        rollout: aborted(),
        grant: grant(),
      },
      told('upgrade from 1.36 to 1.37', 'Succeeded'),
    ],
  ])('%s', async (_, { asked, ...kept }, expected) => {
    expect(short(await usersOf(kept, asked))).toEqual(expected);
  });

  test('also where it was granted a moment ago', async () => {
    expect(short(await usersOf({ upgrades: [byHand()], grant: grant() }, shop, new LateTable()))).toEqual(hop);
  });
});

describe('a Calendar is used', () => {
  const nights = calendarConfig('nights', {});
  const named = (calendar: string) =>
    policyConfig(policyWith({ name: 'p', waves: `[{ name: all, calendar: ${calendar} }]` }));
  const wave = (more: Partial<Wave> = {}) => waveItem({ calendars: ['days', 'nights'], ...more });
  const ofRollout = ['The wave all of the rollout r goes by it'];
  test.each<[string, Kept, readonly string[]]>([
    ['by a wave that names it', { policy: named('nights') }, ['The wave all of the policy p names it.']],
    [
      'by a wave that names it among others',
      { policy: named('[days, nights]') },
      ['The wave all of the policy p names it.'],
    ],
    ['by no wave that names another', { policy: named('days') }, []],
    ['by no wave that names none', { policy: policyConfig(policyWith({ name: 'p' })) }, []],
    ['by the wave of a rollout whose policy is gone', { rollout: rolloutItem(), waves: [wave()] }, ofRollout],
    [
      'by the wave of a rollout whose policy has it no more',
      {
        rollout: rolloutItem(),
        waves: [wave()],
        policy: policyConfig(policyWith({ name: 'p', waves: '[{ name: other }]' })),
      },
      ofRollout,
    ],
    [
      'by the wave of a rollout whose policy has none that this version knows',
      { rollout: rolloutItem(), waves: [wave()], policy: unreadable({}) },
      ofRollout,
    ],
    [
      'by no wave of a rollout whose policy has it, and names another by now',
      { rollout: rolloutItem(), waves: [wave()], policy: named('days') },
      [],
    ],
    [
      'by the wave of a rollout, where the wave of that name is another policy’s',
      { rollout: rolloutItem({ policy: 'gone' }), waves: [wave()], policy: named('days') },
      ofRollout,
    ],
    [
      'by no wave of a rollout that goes by another',
      { rollout: rolloutItem(), waves: [wave({ calendars: ['days'] })] },
      [],
    ],
    ['by no wave of a rollout that goes by none', { rollout: rolloutItem(), waves: [waveItem()] }, []],
    ['by no wave of a rollout that has ended', { rollout: aborted(), waves: [wave()] }, []],
    ['by no wave without its rollout', { waves: [wave()] }, []],
  ])('%s', async (_, kept, expected) => {
    const table = new MemoryTable();
    await keep(table, { ...NONE, calendars: [nights], ...kept });
    expect(short(await calendarUsers(table, 'nights'))).toEqual(expected);
  });
});

test.each<[string, unknown, readonly string[]]>([
  ['is it', { channel: 'bank' }, ['The target of the policy p is it.']],
  ['is another one', { channel: 'stable' }, []],
  ['is a version', 'latest', []],
  ['is not written', undefined, []],
])('a Channel is used by a policy whose target %s', async (_, target, expected) => {
  const table = new MemoryTable();
  await keep(table, { ...NONE, policy: unreadable({ target }) });
  const { users, checks } = await channelUsers(table, 'bank');
  expect([users, checks]).toEqual([expected, []]);
});
