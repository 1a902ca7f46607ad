import { MemoryTable } from '../../adapters/memory/table.ts';
import { intent, KEY, keep, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { upgradesOf } from './entities.ts';

const ids = async (...given: Parameters<typeof keep>) => {
  await keep(...given);
  return (await upgradesOf(given[0], KEY)).map(({ id }) => id);
};
const at = (hour: number) => `2026-11-20T${String(hour).padStart(2, '0')}:00:00.000Z`;

test('the upgrades of a cluster, the last one started first, and what has not started last', async () => {
  const upgrades = [
    upgrade({ id: '1.34-1.35', startedAt: at(3) }),
    upgrade({ id: '1.35-1.36', startedAt: at(9) }),
    upgrade({ id: '1.36-1.37' }),
    upgrade({ id: '1.36-1.35', startedAt: at(5) }),
    upgrade({ id: 'of another', clusterKey: 'another', startedAt: at(10) }),
  ];
  expect(await ids(new MemoryTable(), { upgrades, intents: [intent()] })).toEqual([
    ...['1.35-1.36', '1.36-1.35', '1.34-1.35', '1.36-1.37'],
  ]);
});

test('none of a cluster that has had none', async () => {
  expect(await ids(new MemoryTable())).toEqual([]);
});
