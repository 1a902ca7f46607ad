import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem } from '../../test/material/items/rollout-items.ts';
import { NOON, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { checked, type Given, looks, NOTHING, scanned } from '../../test/material/steps/checked-cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { Members, Upgrades } from '../store/entities.ts';
import { put } from '../store/entity.ts';

// docs/probes.md, What is blamed, and what is not: an alarm that clusters share proves nothing about either hop.

const RINGS: Given = {
  ...{ spec: { scan: { alarms: ['{cluster}-errors', 'errors'] } }, of: scanned({ alarms: NOTHING }) },
  alarms: { 'web-errors': 'green', errors: 'red' },
};
/** The result of its smoke check while another cluster of its rollout is present. */
async function among(given: Given, of: Partial<Upgrade>) {
  const table = new MemoryTable();
  const other = upgrade({ clusterKey: 'b#1', ...of });
  const member = memberItem({ clusterKey: 'b#1', waveIndex: 1, upgradeId: other.id });
  await table.transact([put(Upgrades, other, 'absent'), put(Members, member, 'absent')]);
  const { steps = {} } = (await looks(given, 0)).upgrade ?? {};
  const { status, told } = await checked({ ...given, of: { steps }, minutes: 15 }, table);
  return [status, told[0]];
}

test('an alarm of the policy that was OK before and is not is worse, unless it rings for another cluster of the rollout as well', async () => {
  const alone = await looks(RINGS, 0, 15);
  const rings = ['failed', expect.stringMatching(/^AlarmRings: .*alarm errors/)];
  expect([alone.status, alone.told[0]]).toEqual(rings);
  const detail = { ...alone.upgrade?.steps['smoke-check']?.detail };
  const shared = ['done', expect.stringMatching(/^ProbeInconclusive: .*alarm errors: it rings for other clusters/)];
  const step = { status: 'failed' as const, reasons: [], startedAt: NOON.toISOString(), detail };
  expect(await among(RINGS, { steps: { 'smoke-check': step } })).toEqual(shared);
  const own: Given = { ...RINGS, alarms: { 'web-errors': 'red', errors: 'green' } };
  expect(await among(own, { steps: { 'smoke-check': step } })).toEqual([
    'failed',
    expect.stringMatching(/^AlarmRings: .*alarm web-errors/),
  ]);
});

test('such an alarm rings for another cluster as well whose hop is under way, and for none that waits or has changed nothing', async () => {
  const alarms = { count: 0, unwell: {}, known: ['alarm errors'] };
  const under = { ...scanned({ alarms }), mutated: true, status: 'Running' as const };
  expect(await among(RINGS, under)).toEqual(['done', expect.stringMatching(/^ProbeInconclusive: .*alarm errors/)]);
  const quiet = { comparedAt: '2026-11-20T12:10:00.000Z', verdicts: [] };
  const step = { status: 'running' as const, reasons: [], startedAt: NOON.toISOString(), detail: quiet };
  const looked = { ...under, steps: { ...under.steps, 'smoke-check': step } };
  expect((await among(RINGS, looked))[0]).toBe('done');
  for (const of of [
    { ...under, mutated: false },
    { ...under, status: 'Parked' as const },
  ])
    expect((await among(RINGS, of))[0]).toBe('failed');
});

test('one that has rung for another cluster since this one was scanned is not blamed on this one either, however long ago that was', async () => {
  const { upgrade: alone } = await looks(RINGS, 0, 15);
  const comparedAt = (at: string): Partial<Upgrade> => {
    const detail = { ...alone?.steps['smoke-check']?.detail, comparedAt: at };
    const step = { status: 'done' as const, reasons: [], startedAt: at, detail };
    return { status: 'Succeeded', mutated: true, steps: { 'smoke-check': step } };
  };
  expect((await among(RINGS, comparedAt('2026-11-20T11:05:00.000Z')))[0]).toBe('done');
  expect((await among(RINGS, comparedAt('2026-11-20T10:55:00.000Z')))[0]).toBe('failed');
});
