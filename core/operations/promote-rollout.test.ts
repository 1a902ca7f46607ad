import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { operatorPorts, recordOf, toldOfWave } from '../../test/material/operations/operator-ports.ts';
import { checksOf, grant, KEY, type Kept } from '../../test/material/protocol/one-upgrade.ts';
import type { Grant } from '../contracts/items/protocol.ts';
import type { WriteOperation } from '../ports/table.ts';
import { Waves } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { promoteRollout } from './promote-rollout.ts';

const lastSuccessAt = '2026-11-20T11:00:00.000Z';
const waves = [
  waveItem({ index: 0, name: 'canary', status: 'Completed' }),
  waveItem({ index: 1, name: 'dev', status: 'Soaking', lastSuccessAt }),
  waveItem({ index: 2, name: 'prod', status: 'Pending' }),
];
const kept: Kept = { rollout: rolloutItem({ waves: ['canary', 'dev', 'prod'] }), waves, member: undefined };

test('whoever skips the soak of a wave is kept with it, on record, and told', async () => {
  const table = new MemoryTable();
  const { told, ...ports } = await operatorPorts(table, kept);
  const operations: WriteOperation[] = [];
  table.beforeTransact = (each) => operations.push(...each);
  const promoted = await promoteRollout(ports, 'r', 'ann', 'hotfix');
  const reasons = [{ code: 'Promoted', message: 'ann skipped the soak: hotfix' }];
  expect(promoted).toEqual({ ...waves[1], promotedBy: 'ann', reasons });
  expect((await load(table, Waves, 'r', 1))?.data).toMatchObject(promoted);
  expect((await load(table, Waves, 'r', 0))?.data).toEqual(waves[0]);
  expect(checksOf(operations)).toEqual(['ROLLOUT#r ROLLOUT 1', 'ROLLOUT#r WAVE#000 1']);
  const detail = { wave: 'dev', soakedSince: lastSuccessAt, reasons };
  expect(await recordOf(table, 'rollout/r')).toEqual([{ event: 'WavePromoted', principal: 'ann', detail }]);
  expect(told).toEqual(toldOfWave({ wave: 'dev', status: 'Soaking', about: 'promotion', reasons }));
});

test.each<[string, Partial<(typeof waves)[0]>, string]>([
  ['nobody was judged', {}, 'Completed'],
  ['some failed', { failed: 1 }, 'CompletedWithFailures'],
  ['some succeeded, to soak,', { succeeded: 1, lastSuccessAt }, 'Soaking'],
])('a wave that is undecided since %s is passed by who says so, on record', async (_, wave, to) => {
  const table = new MemoryTable();
  const undecided = waveItem({ index: 1, name: 'dev', status: 'Undecided', ...wave });
  const { told, ...ports } = await operatorPorts(table, { ...kept, waves: waves.with(1, undecided) });
  await promoteRollout(ports, 'r', 'ann', 'hotfix');
  const reasons = [{ code: 'Promoted', message: 'ann let it pass although it was undecided: hotfix' }];
  const stored = (await load(table, Waves, 'r', 1))?.data;
  expect(stored).toMatchObject({ status: to, reasons });
  expect(stored?.promotedBy).toBeUndefined();
  const detail = { wave: 'dev', from: 'Undecided', to, reasons };
  expect(await recordOf(table, 'rollout/r')).toEqual([{ event: 'WavePassed', principal: 'ann', detail }]);
  expect(told).toMatchObject([{ detail: { wave: 'dev', status: to, reasons } }]);
});

test('there is nothing to promote where no wave soaks or is undecided', async () => {
  const open = waves.map((wave) => (wave.status === 'Soaking' ? { ...wave, status: 'Open' as const } : wave));
  const ports = await operatorPorts(new MemoryTable(), { ...kept, waves: open });
  await expect(promoteRollout(ports, 'r', 'ann', 'hotfix')).rejects.toMatchObject({
    name: 'WrongState',
    message:
      'No wave of r soaks or is undecided, so there is nothing to promote: canary is Completed, dev is Open, prod is Pending.',
  });
});

test.each<[string, Partial<(typeof waves)[0]>, Partial<(typeof waves)[0]>]>([
  ['the one that soaks', {}, { goingBack: [KEY] }],
  ['one that is undecided', {}, { status: 'Undecided', goingBack: [KEY] }],
  ['a wave before it, which has passed', { goingBack: [KEY] }, {}],
])('no wave is promoted while a cluster goes back of %s', async (_, canary, dev) => {
  const given = waves.map((wave, index) => ({ ...wave, ...[canary, dev][index] }));
  const ports = await operatorPorts(new MemoryTable(), { ...kept, waves: given });
  await expect(promoteRollout(ports, 'r', 'ann', 'hotfix')).rejects.toMatchObject({
    name: 'WrongState',
    message: expect.stringMatching(
      /before the rollback of web has ended; .*Look at what it comes to, and then, .*: liftlock rollout promote r$/,
    ),
  });
});

test('a cluster that goes back in a later wave keeps nobody from promoting an earlier one', async () => {
  const given = waves.map((wave, index) => (index === 2 ? { ...wave, goingBack: [KEY] } : wave));
  const ports = await operatorPorts(new MemoryTable(), { ...kept, waves: given });
  expect(await promoteRollout(ports, 'r', 'ann', 'hotfix')).toMatchObject({ promotedBy: 'ann' });
});

test.each<[string, Partial<Grant>, boolean]>([
  ['is upgraded by a person', { upgradeId: '1.36-1.37' }, true],
  ['whose upgrade is about to end', { status: 'closing' }, true],
  ['has been upgraded', { status: 'free' }, false],
  ['only has taken back what was left', { machine: 'restore-nodes' }, false],
])('an undecided wave of which a cluster %s', async (_, given, isRefused) => {
  const undecided = waveItem({ index: 1, name: 'dev', status: 'Undecided', excluded: 1 });
  const member = memberItem({ clusterKey: KEY, waveIndex: 1, status: 'Excluded' });
  const own = { ...kept, waves: waves.with(1, undecided), member, grant: grant(given) };
  const ports = await operatorPorts(new MemoryTable(), own);
  const promoted = promoteRollout(ports, 'r', 'ann', 'hotfix');
  if (isRefused) await expect(promoted).rejects.toThrow('web of the wave dev is being upgraded (1.36-1.37)');
  else expect(await promoted).toMatchObject({ status: 'Completed' });
});

describe('gates that the next wave waits for', () => {
  const at = '2026-11-20T11:55:00.000Z';
  const reasons = [{ code: 'GateRed' as const, message: 'errors is red.' }];
  const readBy = (...statuses: ('green' | 'red' | 'unknown')[]) => [
    waveItem({ index: 0, name: 'canary', status: 'Completed' }),
    waveItem({
      ...{ index: 1, name: 'dev', status: 'Completed', lastSuccessAt, reasons },
      gates: { checkedAt: at, readings: statuses.map((status) => ({ gate: 'errors', status, message: '' })) },
    }),
    waveItem({ index: 2, name: 'prod', status: 'Pending' }),
  ];

  test.each<[string, ReturnType<typeof readBy>]>([
    ['are red', readBy('green', 'red')],
    ['are unknown', readBy('unknown')],
  ])('where they %s, whoever lets it begin all the same is kept with the wave that has passed', async (_, given) => {
    const table = new MemoryTable();
    const { told, ...ports } = await operatorPorts(table, { ...kept, waves: given });
    const word = { code: 'Promoted', message: 'ann lets the next wave begin whatever its gates say: hotfix' };
    const promoted = await promoteRollout(ports, 'r', 'ann', 'hotfix');
    expect(promoted).toMatchObject({
      name: 'dev',
      status: 'Completed',
      promotedBy: 'ann',
      reasons: [...reasons, word],
    });
    const detail = { wave: 'dev', soakedSince: lastSuccessAt, reasons: [word] };
    expect(await recordOf(table, 'rollout/r')).toEqual([{ event: 'WavePromoted', principal: 'ann', detail }]);
  });

  test('where they are green, there is nothing to promote', async () => {
    const ports = await operatorPorts(new MemoryTable(), { ...kept, waves: readBy('green') });
    await expect(promoteRollout(ports, 'r', 'ann', 'hotfix')).rejects.toThrow('there is nothing to promote');
  });

  test('nobody lets the next wave begin while a cluster of the one that has passed goes back', async () => {
    const given = readBy('red').map((wave, index) => (index === 1 ? { ...wave, goingBack: [KEY] } : wave));
    const ports = await operatorPorts(new MemoryTable(), { ...kept, waves: given });
    await expect(promoteRollout(ports, 'r', 'ann', 'hotfix')).rejects.toThrow('before the rollback of web has ended');
  });
});

test.each(['Completed', 'CompletedWithFailures', 'Aborted'] as const)(
  'no wave is promoted of a rollout that is %s',
  async (status) => {
    const rollout = rolloutItem({ waves: ['canary', 'dev', 'prod'], status });
    const ports = await operatorPorts(new MemoryTable(), { ...kept, rollout });
    await expect(promoteRollout(ports, 'r', 'ann', 'hotfix')).rejects.toMatchObject({
      name: 'WrongState',
      message: `The rollout r is ${status}: nothing waits for its waves any more.`,
    });
  },
);
