import { MemoryTable } from '../../adapters/memory/table.ts';
import { Epochs, FleetControls, Grants, Members } from './entities.ts';
import { load, loadAll, loadKind, ofKind, put, replace, unchanged } from './entity.ts';

test('an item in a shape that this version does not know is refused by name, not guessed at', async () => {
  const table = new MemoryTable();
  await table.transact([
    {
      type: 'put',
      item: { ...FleetControls.key(), kind: 'FleetControl', active: false, data: { stopped: 'perhaps' } },
      expect: 'absent',
    },
  ]);
  await expect(load(table, FleetControls)).rejects.toMatchObject({
    name: 'UnreadableItem',
    message: expect.stringContaining('FleetControl') as string,
  });
});

test('what is absent is undefined', async () => {
  expect(await load(new MemoryTable(), FleetControls)).toBeUndefined();
});

test.each([
  ['open', true],
  ['closing', true],
  ['free', false],
] as const)('a grant that is %s is in the sparse index: %s', (status, active) => {
  const grant = {
    clusterKey: 'k',
    number: 1,
    epoch: 1,
    status,
    upgradeId: 'u',
    machine: 'upgrade-cluster' as const,
    holder: 'h',
    executionName: 'n',
    input: {},
    capKeys: [],
    children: [],
    grantedAt: '2026-11-20T08:00:00.000Z',
  };
  expect(put(Grants, grant, 'absent')).toMatchObject({ item: { active } });
});

test.each([
  ['Pending', true],
  ['Running', true],
  ['Parked', true],
  ['Quarantined', true],
  ['Succeeded', false],
  ['Failed', false],
  ['Blocked', false],
  ['Excluded', false],
] as const)('a member that is %s is in the sparse index: %s', (status, active) => {
  const member = {
    rolloutId: 'r',
    waveIndex: 0,
    clusterKey: 'k',
    name: 'n',
    from: '1.36',
    to: '1.37',
    status,
    inFlight: false,
    reasons: [],
    position: 1,
  };
  expect(put(Members, member, 'absent')).toMatchObject({ item: { active } });
});

test('several are read in one request, without those that are absent, and none without a request', async () => {
  const table = new MemoryTable();
  await table.transact([put(FleetControls, { stopped: true }, 'absent'), put(Epochs, { number: 3 }, 'absent')]);
  expect(await loadAll(table, FleetControls, [{ pk: 'x', sk: 'y' }, FleetControls.key()])).toEqual([{ stopped: true }]);
  expect(table.reads.get).toBe(1);
  const none: Pick<MemoryTable, 'getAll'> = { getAll: () => Promise.reject(new Error('It was asked.')) };
  expect(await loadAll(none, FleetControls, [])).toEqual([]);
  expect(await loadKind(table, Epochs)).toEqual([{ number: 3 }]);
  const items = [await table.get(FleetControls.key()), await table.get(Epochs.key())].filter(
    (one) => one !== undefined,
  );
  expect(ofKind(items, Epochs)).toEqual([{ number: 3 }]);
});

test('what was read is expected at its revision, what was absent to be absent', () => {
  const read = { key: FleetControls.key(), data: { stopped: true }, revision: 7 };
  const data = { stopped: false };
  expect([replace(FleetControls, read, data), replace(FleetControls, undefined, data)]).toMatchObject([
    { expect: 7 },
    { expect: 'absent' },
  ]);
  expect([unchanged(FleetControls, read), unchanged(FleetControls, undefined)]).toEqual([
    { type: 'check', key: FleetControls.key(), expect: 7 },
    { type: 'check', key: FleetControls.key(), expect: 'absent' },
  ]);
});

test('what is only kept for a while says until when, and nothing else does', () => {
  const until = new Date('2026-12-01T00:00:00Z');
  const data = { stopped: true };
  expect(put(FleetControls, data, 'any', until)).toMatchObject({ item: { expiresAt: until } });
  expect(put(FleetControls, data, 'any')).toEqual({
    type: 'put',
    item: { ...FleetControls.key(), kind: 'FleetControl', active: false, data },
    expect: 'any',
  });
});
