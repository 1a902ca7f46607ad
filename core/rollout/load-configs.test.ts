import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { calendarConfig, fleetConfig, policyConfig } from '../../test/material/protocol/one-upgrade.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import { Configs } from '../store/entities.ts';
import { batched, put } from '../store/entity.ts';
import { configsOf, loadEveryConfig } from './load-configs.ts';
import { loadSnapshot } from './load-snapshot.ts';

const nights = calendarConfig('nights', {});
const days = calendarConfig('days', {});
const waves = '[{ name: one, clusters: [a], calendar: nights }, { name: two }]';
const p = policyConfig(policyWith({ name: 'p', waves }));
const q = policyConfig(policyWith({ name: 'q' }));

async function tableWith(...configs: readonly AppliedConfig[]): Promise<MemoryTable> {
  const table = new MemoryTable();
  await table.transact(configs.map((one) => put(Configs, one, 'absent')));
  return table;
}
const names = (configs: readonly AppliedConfig[]) => configs.map(({ kind, name }) => `${kind} ${name}`).sort();

test('all that decisions know of is read in one request, and no waivers', async () => {
  const channel: AppliedConfig = { ...nights, kind: 'Channel', name: 'c' };
  const waiver: AppliedConfig = { ...nights, kind: 'ScanWaiver', name: 'w' };
  const table = await tableWith(fleetConfig, p, q, nights, channel, waiver);
  expect(names(await loadEveryConfig(table))).toEqual([
    'Calendar nights',
    'Channel c',
    'Fleet fleet',
    'UpgradePolicy p',
    'UpgradePolicy q',
  ]);
  expect(table.reads.partition).toBe(1);
});

test('what was deleted is read with it, for those whom it selected, and is in force for nobody', async () => {
  const deleted = { by: 'bob', at: '2026-11-20T12:00:00.000Z', reason: 'nobody needs it' };
  const table = await tableWith(fleetConfig, p, { ...q, deleted });
  const snapshot = await loadSnapshot(table, [], 'fleet');
  expect([...snapshot.policies.keys()]).toEqual(['p']);
  expect([snapshot.unreadablePolicies, snapshot.deletedPolicies?.map(({ name }) => name)]).toEqual([[], ['q']]);
});

const tagged = clusterRecord({ tags: { 'liftlock/calendar': 'days' } });

/** The documents that are read for these rollouts, and the number of requests. */
async function read(
  table: MemoryTable,
  policies: readonly string[],
  clusters = [clusterRecord()],
  kept: readonly { readonly calendars: string[] }[] = [],
) {
  const before = table.reads.get;
  const rollouts = policies.map((policy) => rolloutItem({ policy }));
  const configs = await configsOf(
    batched(table),
    { rollouts, waves: Promise.resolve(kept) },
    Promise.resolve(clusters),
  );
  return { names: names(configs), requests: table.reads.get - before };
}

test('rollouts need the Fleet, their policies, and the calendars that these and the tags of clusters name', async () => {
  const table = await tableWith(fleetConfig, p, q, nights, days);
  expect((await read(table, ['q'])).names).toEqual(['Fleet fleet', 'UpgradePolicy q']);
  expect((await read(table, ['p', 'p', 'q'])).names).toEqual([
    'Calendar nights',
    'Fleet fleet',
    'UpgradePolicy p',
    'UpgradePolicy q',
  ]);
  expect((await read(table, ['q'], [tagged, tagged])).names).toEqual([
    'Calendar days',
    'Fleet fleet',
    'UpgradePolicy q',
  ]);
});

test('who goes on in a wave that its policy has no more goes by the calendars of that wave', async () => {
  const table = await tableWith(fleetConfig, q, days);
  const { names } = await read(table, ['q'], [clusterRecord()], [{ calendars: ['days'] }]);
  expect(names).toEqual(['Calendar days', 'Fleet fleet', 'UpgradePolicy q']);
});

test('what was named last is asked for ahead, so that it takes one request less', async () => {
  const table = await tableWith(fleetConfig, p, q, nights);
  await read(table, ['q']);
  expect((await read(table, ['p'])).requests).toBe(2);
  expect(await read(table, ['p'])).toEqual({
    names: ['Calendar nights', 'Fleet fleet', 'UpgradePolicy p'],
    requests: 1,
  });
  expect((await read(table, ['q'])).names).toEqual(['Fleet fleet', 'UpgradePolicy q']);
});

test('what is not there is left out, and without a Fleet no tag names anything', async () => {
  const table = await tableWith(days, { ...p, name: 'odd', document: { kind: 'New' } });
  expect((await read(table, ['p', 'odd'], [tagged])).names).toEqual(['UpgradePolicy odd']);
});

test('the Channel that a policy goes by is read with it, and the next time in the same request', async () => {
  const follows = policyConfig({
    ...policyWith({ name: 'f' }),
    spec: { ...policyWith().spec, target: { channel: 'c' } },
  });
  const table = await tableWith(fleetConfig, follows, { ...nights, kind: 'Channel', name: 'c' });
  expect((await read(table, ['f'])).names).toEqual(['Channel c', 'Fleet fleet', 'UpgradePolicy f']);
  expect((await read(table, ['f'])).requests).toBe(1);
});
