import { MemoryTable } from '../../adapters/memory/table.ts';
import type { AuditItem } from '../ports/table.ts';
import { firstBreak, transactWithAudit } from './audit.ts';
import { FleetControls } from './entities.ts';
import { put } from './entity.ts';
import { revisionOf } from './next-revision.ts';

const NOON = new Date('2026-11-20T12:00:00Z');
const entry = (event: string) => ({ subject: 'fleet', event, principal: 'somebody', detail: { why: event } });

async function chain(length: number): Promise<AuditItem[]> {
  const table = new MemoryTable();
  for (let index = 0; index < length; index += 1) await transactWithAudit(table, [], [entry(`event-${index}`)], NOON);
  return table.auditOf('fleet');
}

describe('the audit chain', () => {
  test('holds as it was written', async () => {
    expect(firstBreak(await chain(4))).toBeUndefined();
    expect(firstBreak([])).toBeUndefined();
  });

  test.each<[string, (items: AuditItem[]) => AuditItem[], number]>([
    ['a changed detail', (items) => items.with(1, { ...at(items, 1), detail: { why: 'nothing' } }), 2],
    ['a changed principal', (items) => items.with(2, { ...at(items, 2), principal: 'another' }), 3],
    ['a missing item', (items) => items.toSpliced(1, 1), 3],
    ['a cut beginning', (items) => items.slice(1), 2],
    ['two items swapped', (items) => [at(items, 1), at(items, 0), ...items.slice(2)], 2],
    [
      'a hash made anew for a changed item',
      (items) => items.with(1, { ...at(items, 1), detail: {}, hash: at(items, 2).previousHash }),
      2,
    ],
  ])('shows %s', async (_, tamper, sequence) => {
    expect(firstBreak(tamper(await chain(4)))?.sequence).toBe(sequence);
  });

  test('carries what the transaction wrote, with the revision it got', async () => {
    const table = new MemoryTable();
    await transactWithAudit(table, [put(FleetControls, { stopped: true }, 'absent')], [entry('FleetStopped')], NOON);
    const [item] = await table.auditOf('fleet');
    const stored = await table.get(FleetControls.key());
    expect(item?.detail.writes).toEqual([stored]);
    expect(stored?.revision).toBe(revisionOf(NOON));
  });

  test('is written with its transaction or not at all', async () => {
    const table = new MemoryTable();
    await transactWithAudit(table, [put(FleetControls, { stopped: true }, 'absent')], [entry('one')], NOON);
    await expect(
      transactWithAudit(table, [put(FleetControls, { stopped: false }, 'absent')], [entry('two')], NOON),
    ).rejects.toMatchObject({ name: 'ConditionFailed' });
    expect(await table.auditOf('fleet')).toHaveLength(1);
  });
});

function at(items: readonly AuditItem[], index: number): AuditItem {
  const item = items[index];
  if (item === undefined) throw new Error(`there is no item ${index}`);
  return item;
}
