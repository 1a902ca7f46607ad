import { namedError } from '../../core/contracts/errors.ts';
import type { AuditItem, ItemKey, RestoredTable, WriteOperation } from '../../core/ports/table.ts';
import { collect } from './collect.ts';
import { failure } from './failure.ts';

/** A table to try, and how to make its next transaction meet a conflict that nothing else provokes on demand. */
export interface TableUnderTest {
  readonly table: RestoredTable;
  conflictOnce(): void;
  close(): Promise<void>;
}

const at = (sk: string, pk = 'P'): ItemKey => ({ pk, sk });

function put(
  sk: string,
  data: unknown,
  expect: number | 'absent' | 'any',
  more: { pk?: string; active?: boolean; kind?: string } = {},
) {
  const { pk = 'P', active = false, kind = 'Thing' } = more;
  return { type: 'put', item: { pk, sk, kind, active, data }, expect } as const;
}

function audit(sequence: number, subject = 'S'): AuditItem {
  return {
    subject,
    sequence,
    event: 'Tried',
    principal: 'liftlock',
    at: '2026-11-20T08:00:00.000Z',
    detail: { of: sequence },
    previousHash: `hash ${sequence - 1}`,
    hash: `hash ${sequence}`,
  };
}

/** What every implementation of `Table` does. `create` gives an empty one for each test. */
export function tableContract(name: string, create: () => Promise<TableUnderTest>): void {
  describe(`the table contract on ${name}`, () => {
    let under: TableUnderTest;
    let table: RestoredTable;
    beforeEach(async () => {
      under = await create();
      table = under.table;
    });
    afterEach(() => under.close());
    const write = (...operations: WriteOperation[]) => table.transact(operations);
    const revision = async (sk: string) => (await table.get(at(sk)))?.revision;

    test('what was put is read back with revision 1, as JSON', async () => {
      const data = {
        text: 'é 🚀',
        none: null,
        list: [1, 2.5, -0.001, 9_007_199_254_740_991],
        deep: { '': '' },
        off: false,
      };
      await write(put('a', { ...data, gone: undefined, when: new Date(0) }, 'absent', { active: true }));
      expect(await table.get(at('a'))).toEqual({
        ...at('a'),
        kind: 'Thing',
        active: true,
        revision: 1,
        data: { ...data, when: '1970-01-01T00:00:00.000Z' },
      });
      expect(await table.get(at('b'))).toBeUndefined();
    });

    test('every write raises the revision by one, also one that expects nothing', async () => {
      await write(put('a', 1, 'any'));
      expect(await revision('a')).toBe(1);
      await write(put('a', 2, 1));
      await write(put('a', 3, 'any', { active: true }));
      expect(await table.get(at('a'))).toMatchObject({ revision: 3, data: 3, active: true });
      await write(put('a', 4, 'any'));
      expect(await table.get(at('a'))).toMatchObject({ revision: 4, data: 4, active: false });
      expect(await failure(write(put('a', 5, 2)))).toBe('ConditionFailed');
      expect(await revision('a')).toBe(4);
    });

    test.each<[string, WriteOperation]>([
      ['absent, but it is there', put('a', 2, 'absent')],
      ['another revision', put('a', 2, 2)],
      ['a revision of what is not there', put('b', 2, 1)],
      ['a check of another revision', { type: 'check', key: at('a'), expect: 7 }],
      ['a check for absence of what is there', { type: 'check', key: at('a'), expect: 'absent' }],
      ['a check of what is not there', { type: 'check', key: at('b'), expect: 1 }],
      ['an audit item that exists', { type: 'append', item: audit(1) }],
    ])('all or nothing: %s', async (_, refused) => {
      await write(put('a', 1, 'absent'), { type: 'append', item: audit(1) });
      const others: WriteOperation[] = [
        put('c', 1, 'absent'),
        put('d', 1, 'any'),
        { type: 'append', item: audit(1, 'T') },
      ];
      expect(await failure(write(...others, refused))).toBe('ConditionFailed');
      expect((await table.queryPartition('P')).map((item) => [item.sk, item.revision, item.data])).toEqual([
        ['a', 1, 1],
      ]);
      expect(await table.auditOf('T')).toEqual([]);
      expect(await table.auditOf('S')).toEqual([audit(1)]);
    });

    test('checks that hold change nothing', async () => {
      await write(put('a', 1, 'absent', { active: true }));
      await write({ type: 'check', key: at('a'), expect: 1 }, { type: 'check', key: at('z'), expect: 'absent' });
      expect(await revision('a')).toBe(1);
      expect(await table.get(at('z'))).toBeUndefined();
    });

    test('of 64 that write over the same revision at once, exactly one wins', async () => {
      await write(put('a', 'start', 'absent'));
      const outcomes = await Promise.all(
        Array.from({ length: 64 }, (_, writer) =>
          failure(write(put('a', writer, 1), { type: 'append', item: { ...audit(1), event: `Won by ${writer}` } })),
        ),
      );
      expect(outcomes.filter((outcome) => outcome === 'none')).toHaveLength(1);
      expect(outcomes.every((outcome) => ['none', 'ConditionFailed', 'TransactionConflict'].includes(outcome))).toBe(
        true,
      );
      expect(await table.get(at('a'))).toMatchObject({ revision: 2, data: outcomes.indexOf('none') });
      expect((await table.auditOf('S')).map((item) => item.event)).toEqual([`Won by ${outcomes.indexOf('none')}`]);
    });

    test('transactions on the same items in opposite orders do not wait for each other for ever', async () => {
      await write(put('a', 0, 'absent'), put('b', 0, 'absent'));
      const pairs = Array.from({ length: 20 }, (_, turn) => (turn % 2 === 0 ? ['a', 'b'] : ['b', 'a']));
      await Promise.all(pairs.map((order) => write(...order.map((sk) => put(sk, 1, 'any')))));
      expect([await revision('a'), await revision('b')]).toEqual([21, 21]);
    });

    test('a conflict has its own name, and nothing was written', async () => {
      under.conflictOnce();
      expect(await failure(write(put('a', 1, 'absent')))).toBe('TransactionConflict');
      expect(await table.get(at('a'))).toBeUndefined();
      await write(put('a', 1, 'absent'));
    });

    test('a partition is read in the order of its sort keys, by prefix where one is given', async () => {
      await write(
        ...['B#2', 'A#10', 'A#1', 'B#10', 'C'].map((sk) => put(sk, sk, 'absent')),
        put('A#0', 0, 'absent', { pk: 'Q' }),
      );
      expect((await table.queryPartition('P')).map((item) => item.sk)).toEqual(['A#1', 'A#10', 'B#10', 'B#2', 'C']);
      expect((await table.queryPartition('P', 'B#')).map((item) => item.sk)).toEqual(['B#10', 'B#2']);
      expect(await table.queryPartition('P', 'Z')).toEqual([]);
      expect(await table.queryPartition('R')).toEqual([]);
    });

    test('many items are read by their keys, in the order of the keys, whatever their partitions', async () => {
      const sks = Array.from({ length: 130 }, (_, index) => `I${index}`);
      for (const start of [0, 65]) await write(...sks.slice(start, start + 65).map((sk) => put(sk, sk, 'absent')));
      await write(put('a', 'elsewhere', 'any', { pk: 'Q', active: true }), put('I3', 'newer', 1));
      const keys = [at('a', 'Q'), at('none'), ...sks.map((sk) => at(sk)), at('a', 'Q')];
      const [first, none, ...others] = await table.getAll(keys);
      expect(first).toEqual(await table.get(at('a', 'Q')));
      expect(first).toMatchObject({ ...at('a', 'Q'), kind: 'Thing', active: true, revision: 1, data: 'elsewhere' });
      expect(none).toBeUndefined();
      expect(others.pop()).toEqual(first);
      expect(others.map((item) => item?.data)).toEqual(sks.map((sk) => (sk === 'I3' ? 'newer' : sk)));
      expect(others[3]?.revision).toBe(2);
      expect(await table.getAll([])).toEqual([]);
    });

    test('reads follow their pages: more than a megabyte comes back whole', async () => {
      const text = 'x'.repeat(300_000);
      const sks = Array.from({ length: 8 }, (_, index) => `I${index}`);
      for (const sk of sks) await write(put(sk, text, 'absent', { active: true }));
      expect((await table.queryPartition('P')).map((item) => item.sk)).toEqual(sks);
      expect((await table.queryActive()).map((item) => item.sk)).toEqual(sks);
      expect((await table.queryKind('Thing')).map((item) => item.sk)).toEqual(sks);
      expect((await table.getAll(sks.map((sk) => at(sk)))).map((item) => item?.sk)).toEqual(sks);
      const long = (sequence: number) => ({ ...audit(sequence), detail: { text } });
      for (let sequence = 1; sequence <= 5; sequence++) await write({ type: 'append', item: long(sequence) });
      expect((await table.auditOf('S')).map((item) => item.sequence)).toEqual([1, 2, 3, 4, 5]);
    });

    test('only what is not at rest is in the active index, and it enters and leaves with its writes', async () => {
      await write(
        put('a', 1, 'absent', { active: true }),
        put('b', 1, 'absent'),
        put('c', 1, 'absent', { pk: 'O', active: true }),
      );
      expect((await table.queryActive()).map(({ pk, sk }) => pk + sk)).toEqual(['Oc', 'Pa']);
      await write(put('a', 2, 1), put('b', 2, 1, { active: true }));
      expect((await table.queryActive()).map(({ pk, sk, data }) => [pk + sk, data])).toEqual([
        ['Oc', 1],
        ['Pb', 2],
      ]);
    });

    test('all items of a kind come from every partition, and no others', async () => {
      const pks = Array.from({ length: 30 }, (_, index) => `P${String(index).padStart(2, '0')}`);
      await write(...pks.map((pk) => put('a', pk, 'absent', { pk })), put('b', 1, 'absent', { kind: 'Thingy' }));
      expect((await table.queryKind('Thing')).map((item) => item.data)).toEqual(pks);
      expect(await table.queryKind('Other')).toEqual([]);
    });

    test('the audit keeps order by number, its head is the newest, and several go in one transaction', async () => {
      expect(await table.auditHead('S')).toBeUndefined();
      await write({ type: 'append', item: audit(1) });
      await write({ type: 'append', item: audit(2) }, { type: 'append', item: audit(3) });
      for (let sequence = 4; sequence <= 12; sequence++) await write({ type: 'append', item: audit(sequence) });
      expect(await table.auditHead('S')).toEqual({ sequence: 12, hash: 'hash 12' });
      expect((await table.auditOf('S')).map((item) => item.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
      expect(await failure(write({ type: 'append', item: { ...audit(5), event: 'Forged' } }))).toBe('ConditionFailed');
      expect((await table.auditOf('S'))[4]).toEqual(audit(5));
    });

    test('the audit of all subjects since an instant, each in its order', async () => {
      const later = (item: AuditItem, minute: number) => ({ ...item, at: `2026-11-20T08:0${minute}:00.000Z` });
      await write({ type: 'append', item: audit(1, 'B') }, { type: 'append', item: audit(1, 'A') });
      await write({ type: 'append', item: later(audit(2, 'B'), 1) });
      await write({ type: 'append', item: later(audit(2, 'A'), 2) }, { type: 'append', item: later(audit(3, 'A'), 2) });
      const since = async (text: string) =>
        (await collect(table.auditSince(new Date(text)))).map((item) => `${item.subject}${item.sequence}`).sort();
      expect(await since('2026-11-20T08:01:00.000Z')).toEqual(['A2', 'A3', 'B2']);
      expect(await since('2026-11-20T00:00:00.000Z')).toEqual(['A1', 'A2', 'A3', 'B1', 'B2']);
      expect(await since('2026-11-20T08:03:00.000Z')).toEqual([]);
    });

    test('a restore sets an item to its exact revision, and its index entries with it', async () => {
      await write(put('a', 'newer', 'any', { active: true }), put('b', 'newer', 'any'));
      await table.restore({ ...at('a'), kind: 'Thing', active: false, data: 'older', revision: 41 });
      await table.restore({ ...at('c'), kind: 'Thing', active: true, data: 'gone before', revision: 7 });
      expect(await table.get(at('a'))).toMatchObject({ revision: 41, data: 'older', active: false });
      expect((await table.queryActive()).map((item) => item.sk)).toEqual(['c']);
      await write(put('a', 'goes on', 41));
      expect(await revision('a')).toBe(42);
    });

    test('a restore writes over nothing that is newer, nor over what is as new', async () => {
      await table.restore({ ...at('a'), kind: 'Thing', active: true, data: 'newer', revision: 41 });
      for (const revision of [40, 41])
        await table.restore({ ...at('a'), kind: 'Thing', active: false, data: 'older', revision });
      expect(await table.get(at('a'))).toMatchObject({ revision: 41, data: 'newer', active: true });
    });

    test('100 operations are one transaction', async () => {
      await write(...Array.from({ length: 100 }, (_, index) => put(`I${index}`, index, 'absent')));
      expect(await table.queryPartition('P')).toHaveLength(100);
    });

    test.each<[string, WriteOperation[]]>([
      ['101 operations', Array.from({ length: 101 }, (_, index) => put(`I${index}`, index, 'absent'))],
      ['none', []],
      ['the same item twice', [put('a', 1, 'absent'), { type: 'check', key: at('a'), expect: 'absent' }]],
      [
        'the same audit item twice',
        [
          { type: 'append', item: audit(1) },
          { type: 'append', item: audit(1) },
        ],
      ],
      ['an item over 400 KB', [put('ok', 1, 'absent'), put('a', 'x'.repeat(410_000), 'absent')]],
      ['over 4 MB in all', Array.from({ length: 12 }, (_, index) => put(`I${index}`, 'x'.repeat(390_000), 'absent'))],
    ])('what can never be written is refused, and not as contention: %s', async (_, operations) => {
      expect(await failure(write(...operations))).toBe('InvalidTransaction');
      expect(await table.queryPartition('P')).toEqual([]);
      expect(await table.auditOf('S')).toEqual([]);
    });

    test('what is stored changes for nobody who holds what was written or read', async () => {
      const data = { list: [1] };
      await write(put('a', data, 'absent'));
      data.list.push(2);
      const read = (await table.get(at('a')))?.data as typeof data;
      // A table may hand out copies, or what cannot be changed at all.
      if (!Object.isFrozen(read.list)) read.list.push(3);
      expect((await table.get(at('a')))?.data).toEqual({ list: [1] });
    });
  });
}

/** What `conflictOnce` throws where the implementation has no conflicts of its own. */
export const conflict = (): Error => namedError('TransactionConflict', 'another transaction holds an item');
