import { MemoryTable } from '../../adapters/memory/table.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import { Configs } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import {
  calendarSpec,
  channelSpec,
  FLEET,
  fleetSpec,
  loadAppliedConfigs,
  loadFleetInForce,
  scanWaivers,
  upgradePolicy,
} from './applied.ts';

const config = (kind: AppliedConfig['kind'], name: string, spec: unknown): AppliedConfig => ({
  kind,
  name,
  document: { apiVersion: 'liftlock/v1alpha1', kind, metadata: { name }, spec },
  revision: 'x',
  appliedBy: 'ann',
  appliedAt: '2026-11-20T12:00:00.000Z',
});
async function tableWith(...configs: readonly AppliedConfig[]): Promise<MemoryTable> {
  const table = new MemoryTable();
  await table.transact(configs.map((one) => put(Configs, one, 'absent')));
  return table;
}
const calendar = { timeZone: 'UTC', windows: [], freezes: [] };
const fleet = { accounts: ['111111111111'], regions: ['eu-central-1'], spokeRole: { externalId: 'xx' } };
const policy = config('UpgradePolicy', 'p', { selector: {}, target: 'latest', waves: [{ name: 'all' }] });
const waiver = (expires: string) => ({ match: { name: 'web' }, reason: 'known', owner: 'shop', expires });

test.each([
  ['a calendar', calendarSpec, config('Calendar', 'c', calendar), { timeZone: 'UTC' }],
  ['a channel', channelSpec, config('Channel', 'c', { target: 'latest-1' }), { target: 'latest-1' }],
  ['the Fleet', fleetSpec, config('Fleet', FLEET, fleet), { regions: ['eu-central-1'] }],
  [
    'a policy of before there was finish',
    upgradePolicy,
    policy,
    { spec: { ...policyWith({ name: 'p' }).spec, finish: 'never' } },
  ],
])('%s is read as it was applied, and not at all where it is not there or not readable', (_, read, applied, said) => {
  expect(read(applied)).toMatchObject(said);
  expect(read(undefined)).toBeUndefined();
  expect(read({ ...applied, document: { kind: 'New' } })).toBeUndefined();
});

test('the Fleet in force is the one that was applied', async () => {
  expect(await loadFleetInForce(await tableWith(config('Fleet', FLEET, fleet)))).toMatchObject({
    accounts: fleet.accounts,
  });
  expect(await loadFleetInForce(new MemoryTable())).toBeUndefined();
});

test('what is applied of a kind is listed, readable or not, and nothing of another', async () => {
  const table = await tableWith(config('Calendar', 'a', calendar), config('Calendar', 'b', 'new'), policy);
  expect(await loadAppliedConfigs(table, 'Calendar')).toEqual([
    config('Calendar', 'a', calendar),
    config('Calendar', 'b', 'new'),
  ]);
});

test('a waiver covers until its end, and nothing where it cannot be read or names a day that no calendar has', async () => {
  const table = await tableWith(
    config('ScanWaiver', 'a', waiver('2026-12-31')),
    config('ScanWaiver', 'b', waiver('2026-02-31')),
    config('ScanWaiver', 'c', 'new'),
  );
  expect(await scanWaivers(table)).toEqual([
    {
      document: expect.objectContaining({ spec: waiver('2026-12-31') }),
      end: new Date('2027-01-01T00:00:00Z'),
      applied: { by: 'ann', at: '2026-11-20T12:00:00.000Z' },
    },
  ]);
});
