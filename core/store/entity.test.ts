import { MemoryTable } from '../../adapters/memory/table.ts';
import { FleetControls, Grants, Members } from './entities.ts';
import { load, put } from './entity.ts';

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
