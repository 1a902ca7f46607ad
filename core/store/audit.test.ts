import { MemoryTable } from '../../adapters/memory/table.ts';
import type { AuditItem, WriteOperation } from '../ports/table.ts';
import { firstBreak, link, revisionOf, transactWithAudit } from './audit.ts';
import { Epochs, FleetControls } from './entities.ts';
import { put, unchanged } from './entity.ts';

const NOON = new Date('2026-11-20T12:00:00Z');
const entry = (event: string) => ({ subject: 'fleet', event, principal: 'somebody', detail: { why: event } });

async function chain(length: number): Promise<AuditItem[]> {
  const table = new MemoryTable();
  for (let index = 0; index < length; index += 1) await transactWithAudit(table, [], [entry(`event-${index}`)], NOON);
  return table.auditOf('fleet');
}

const CHANGED = 'it was changed after it was written';
const MISSING = 'an item is missing before it';
const OTHER = 'it does not follow the item before it';

/** The input to the table for a transaction with this audit. */
async function handed(decided: readonly WriteOperation[], entries = [entry('one')]) {
  const table = new MemoryTable();
  const transactions: (readonly WriteOperation[])[] = [];
  table.beforeTransact = (operations) => transactions.push(operations);
  const changes = await transactWithAudit(table, decided, entries, NOON);
  return { table, changes, operations: transactions.flat() };
}
const stopped = put(FleetControls, { stopped: true }, 'absent');
const cached = put(Epochs, { number: 1 }, 'any');

describe('the audit chain', () => {
  test('holds as it was written', async () => {
    expect(firstBreak(await chain(4))).toBeUndefined();
    expect(firstBreak([])).toBeUndefined();
  });

  test.each<[string, (items: AuditItem[]) => AuditItem[], number, string]>([
    ['a changed detail', (items) => items.with(1, { ...at(items, 1), detail: { why: 'nothing' } }), 2, CHANGED],
    ['a changed principal', (items) => items.with(2, { ...at(items, 2), principal: 'another' }), 3, CHANGED],
    ['a missing item', (items) => items.toSpliced(1, 1), 3, MISSING],
    ['a cut beginning', (items) => items.slice(1), 2, MISSING],
    ['two items swapped', (items) => [at(items, 1), at(items, 0), ...items.slice(2)], 2, MISSING],
    ['an item of another chain', (items) => items.with(1, { ...at(items, 1), previousHash: 'x' }), 2, OTHER],
    ['a beginning that follows something', (items) => items.with(0, { ...at(items, 0), previousHash: 'x' }), 1, OTHER],
    [
      'a hash made anew for a changed item',
      (items) => items.with(1, { ...at(items, 1), detail: {}, hash: at(items, 2).previousHash }),
      2,
      CHANGED,
    ],
  ])('shows %s, and what is wrong with it', async (_, tamper, sequence, problem) => {
    expect(firstBreak(tamper(await chain(4)))).toEqual({ sequence, problem });
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

  test('a cache and a check are no part of the record, whatever is written beside them', async () => {
    const { table, operations } = await handed([stopped, cached]);
    const [item] = await table.auditOf('fleet');
    expect(item?.detail.writes).toMatchObject([{ kind: 'FleetControl' }]);
    expect(operations[1]).toMatchObject({ type: 'put', expect: 'any' });
    expect(operations[1]).not.toHaveProperty('revision');
    const { table: checked } = await handed([stopped, unchanged(Epochs, undefined)]);
    expect((await checked.auditOf('fleet'))[0]?.detail.writes).toHaveLength(1);
  });

  test('each entry is told by subject and number, and only the first carries the writes', async () => {
    const others = [entry('one'), { ...entry('two'), subject: 'rollout/r' }, entry('three')];
    const { table, changes } = await handed([stopped], others);
    expect(changes).toEqual(['fleet#1', 'rollout/r#1', 'fleet#2']);
    const [first, third] = await table.auditOf('fleet');
    expect([first?.detail.why, third?.detail]).toEqual(['one', { why: 'three' }]);
    expect(first?.detail.writes).toHaveLength(1);
    expect(firstBreak(await table.auditOf('fleet'))).toBeUndefined();
  });

  test('what nobody is to be told of is written without an audit', async () => {
    const { changes, operations } = await handed([stopped], []);
    expect(changes).toEqual([]);
    expect(operations).toEqual([{ ...stopped, revision: revisionOf(NOON) }]);
  });

  test('the end of a chain is asked for once in a moment, and again after two seconds or a transaction that failed', async () => {
    const table = new MemoryTable();
    const asked = async (seconds: number, event: string, subject = 'fleet') => {
      const before = table.reads.audit;
      const at = new Date(NOON.getTime() + seconds * 1000);
      const result = await transactWithAudit(table, [], [{ ...entry(event), subject }], at).catch(({ name }) => name);
      return [result, table.reads.audit - before];
    };
    expect(await asked(0, 'one')).toEqual([['fleet#1'], 1]);
    expect(await asked(2, 'two')).toEqual([['fleet#2'], 0]);
    expect(await asked(5, 'three')).toEqual([['fleet#3'], 1]);
    expect(await asked(5, 'other', 'rollout/r')).toEqual([['rollout/r#1'], 1]);
    expect(await asked(5, 'four')).toEqual([['fleet#4'], 1]);
    // Another writer continues the chain.
    await table.transact([{ type: 'append', item: link(await table.auditHead('fleet'), entry('theirs'), NOON) }]);
    expect(await asked(6, 'lost')).toEqual(['ConditionFailed', 0]);
    expect(await asked(6, 'five')).toEqual([['fleet#6'], 1]);
    expect(firstBreak(await table.auditOf('fleet'))).toBeUndefined();
  });

  test('a length that is told is enough for what is stored, and a cache is measured by the table', async () => {
    const { operations } = await handed([stopped, cached]);
    const lengths = operations.map((one) => (one.type === 'check' ? undefined : one.textLength));
    const [write = 0, cache, append = 0] = lengths;
    expect(cache).toBeUndefined();
    const kept = operations[0]?.type === 'put' ? operations[0].item : undefined;
    expect(write).toBeGreaterThan(JSON.stringify({ ...kept, expiresAt: NOON }).length);
    const item = operations[2]?.type === 'append' ? operations[2].item : undefined;
    expect(append).toBe(JSON.stringify(item).length);
  });

  test('a check has no length and no revision', async () => {
    const check = unchanged(Epochs, undefined);
    const { operations } = await handed([stopped, check]);
    expect(operations[1]).toEqual(check);
  });

  test('an entry without writes has none in its detail', () => {
    expect(link(undefined, entry('one'), NOON).detail).toEqual({ why: 'one' });
    expect(link({ sequence: 7, hash: 'h' }, entry('two'), NOON)).toMatchObject({ sequence: 8, previousHash: 'h' });
  });
});

function at(items: readonly AuditItem[], index: number): AuditItem {
  const item = items[index];
  if (item === undefined) throw new Error(`there is no item ${index}`);
  return item;
}
