import { MemoryTable } from '../../adapters/memory/table.ts';
import { MemoryAnchorStore } from '../../test/contract/memory-anchor-store.ts';
import type { AnchorFile, AnchorStore } from '../ports/anchors.ts';
import type { AuditItem } from '../ports/table.ts';
import { link, transactWithAudit } from '../store/audit.ts';
import { type AnchorLine, anchorLines, anchorName, anchorNumber, readAnchor } from './anchor.ts';
import { compareWithAnchors } from './compare-with-anchors.ts';
import { readChain } from './read-chain.ts';
import { sweepAudit } from './sweep-audit.ts';

const TABLE = 'arn:aws:dynamodb:eu-central-1:000000000000:table/audit';
const NOON = new Date('2026-11-20T12:00:00Z');
const HOUR = 3_600_000;

/** A record as read over the wire: plain JSON whose hashes are not known yet. */
function record(length: number, subject = 'fleet', principal = 'somebody'): AuditItem[] {
  const items: AuditItem[] = [];
  for (let index = 0; index < length; index += 1) {
    const entry = { subject, event: `Event${index}`, principal, detail: { index, size: 1.5 } };
    items.push(link(items.at(-1), entry, new Date(NOON.getTime() + index * 1000)));
  }
  return plain(items);
}

const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const lines = (items: readonly AuditItem[]): AnchorLine[] => items.map((entry) => ({ entry }));

function world() {
  const anchors = new MemoryAnchorStore();
  const clock = { time: NOON.getTime(), now: () => new Date(clock.time) };
  return { anchors, clock, ports: { anchors, clock } };
}

const filesOf = ({ texts }: MemoryAnchorStore): AnchorFile[] =>
  [...texts].map(([number, text]) => ({ name: anchorName(number), text }));

async function anchored(...batches: (readonly AuditItem[])[]): Promise<MemoryAnchorStore> {
  const { anchors, ports } = world();
  for (const batch of batches) await anchorLines(ports, TABLE, lines(batch));
  return anchors;
}

/** Changes an item and links everything after it again, as a writer of the table can. */
function rewritten(items: readonly AuditItem[], from: number): AuditItem[] {
  const made: AuditItem[] = [];
  for (const [index, item] of items.entries()) {
    const principal = index === from ? 'an innocent role' : item.principal;
    made.push(index < from ? item : link(made.at(-1), { ...item, principal }, new Date(item.at)));
  }
  return plain(made);
}

describe('names of anchors', () => {
  test('the newest comes first in the order of S3, and the number comes back', () => {
    const names = [1, 2, 9, 10, 123_456].map(anchorName);
    expect([...names].sort()).toEqual([...names].reverse());
    expect(names.map(anchorNumber)).toEqual([1, 2, 9, 10, 123_456]);
    expect(anchorNumber('audit/other.txt')).toBeUndefined();
  });
});

describe('a batch is anchored', () => {
  test('after the one before without a question, until a while is over or somebody else came first', async () => {
    const { anchors, clock } = world();
    const asked: string[] = [];
    const told: AnchorStore = {
      newest: () => {
        asked.push('newest');
        return anchors.newest();
      },
      read: (number) => {
        asked.push('read');
        return anchors.read(number);
      },
      put: (number, text) => anchors.put(number, text),
    };
    const ports = { anchors: told, clock };
    const next = async (count: number) => {
      asked.length = 0;
      await anchorLines(ports, TABLE, lines(record(count).slice(-1)));
      return asked.splice(0);
    };
    expect(await next(1)).toEqual(['newest']);
    expect(await next(2)).toEqual([]);
    clock.time += 15 * 60_000;
    expect(await next(3)).toEqual([]);
    clock.time += 15 * 60_000 + 1;
    expect(await next(4)).toEqual(['newest', 'read']);
    // It comes from another environment.
    await anchorLines({ anchors, clock }, TABLE, lines(record(5).slice(-1)));
    expect(await next(6)).toEqual(['read', 'newest', 'read']);
    // An anchor that already exists is not put again.
    expect(await next(6)).toEqual([]);
    const chain = readChain(filesOf(anchors));
    expect([chain.problems, anchors.texts.size]).toEqual([[], 6]);
  });

  test('with the head of each subject, after the anchor before', async () => {
    const [fleet, shop] = [record(3), record(2, 'shop')];
    const anchors = await anchored([...fleet.slice(0, 2), ...shop], fleet.slice(2));
    const [first, second] = [1, 2].map((number) => readAnchor(anchors.texts.get(number) ?? ''));
    expect(first?.header).toMatchObject({
      of: TABLE,
      number: 1,
      previous: '',
      heads: { fleet: { sequence: 2, hash: fleet[1]?.hash }, shop: { sequence: 2, hash: shop[1]?.hash } },
    });
    expect(second?.header.previous).toMatch(/^[0-9a-f]{64}$/);
    expect(second?.lines).toEqual([{ entry: fleet[2] }]);
    expect(readChain(filesOf(anchors)).problems).toEqual([]);
  });

  test('once, when it comes again after a crash between the put and the checkpoint', async () => {
    const { anchors, ports } = world();
    const items = record(5);
    expect(await anchorLines(ports, TABLE, lines(items.slice(0, 3)))).toBe(3);
    expect(await anchorLines(ports, TABLE, lines(items.slice(0, 3)))).toBe(0);
    // A batch may have grown when it is read again from the checkpoint.
    expect(await anchorLines(ports, TABLE, lines(items))).toBe(2);
    expect([...anchors.texts.keys()]).toEqual([1, 2]);
    expect(readAnchor(anchors.texts.get(2) ?? '').lines).toEqual(lines(items.slice(3)));
  });

  test('once, when the answer to the put was lost', async () => {
    const { anchors, ports } = world();
    const put = anchors.put.bind(anchors);
    anchors.put = async (number, text) => (await put(number, text)) && false;
    expect(await anchorLines(ports, TABLE, lines(record(2)))).toBe(2);
    expect(anchors.texts.size).toBe(1);
  });

  test('after that of another shard, when both wanted one number', async () => {
    const { anchors, ports } = world();
    const batches = [record(2), record(2, 'a'), record(2, 'b'), record(2, 'c')];
    await Promise.all(batches.map((batch) => anchorLines(ports, TABLE, lines(batch))));
    expect([...anchors.texts.keys()]).toEqual([1, 2, 3, 4]);
    expect(readChain(filesOf(anchors)).problems).toEqual([]);
  });

  test("never after another fleet's anchor, or after what is none", async () => {
    const { anchors, ports } = world();
    await anchorLines(ports, `${TABLE}-of-another`, lines(record(1)));
    await expect(anchorLines(ports, TABLE, lines(record(1)))).rejects.toMatchObject({ name: 'AnchorRefused' });
    anchors.texts.set(1, 'scribbled\n');
    await expect(anchorLines(ports, TABLE, lines(record(1)))).rejects.toMatchObject({ name: 'UnreadableItem' });
    expect(anchors.texts.size).toBe(1);
  });
});

describe('a record is held against its anchors', () => {
  const items = record(6);
  const swapped = [1, 2].map((index) => ({ ...(items[3 - index] as AuditItem), sequence: index + 1 }));
  const kinds = async (found: readonly AuditItem[], anchors?: MemoryAnchorStore) => {
    const chain = readChain(filesOf(anchors ?? (await anchored(items.slice(0, 4), items.slice(4)))));
    const { verdict, tampering } = compareWithAnchors('fleet', plain(found), chain);
    return [verdict, ...tampering.map(({ kind, sequence }) => `${kind} ${sequence}`)];
  };

  test.each<[string, readonly AuditItem[], string[]]>([
    ['as it was written', items, ['holds']],
    ['edited', items.with(2, { ...(items[2] as AuditItem), principal: 'q' }), ['broken', 'edited 3']],
    [
      'an item more in it',
      items.with(2, { ...(items[2] as AuditItem), extra: 1 } as AuditItem),
      ['broken', 'edited 3'],
    ],
    ['replaced and linked anew', rewritten(items, 3), ['broken', 'replaced 4', 'replaced 5', 'replaced 6']],
    ['dropped in the middle', items.toSpliced(2, 1), ['broken', 'dropped 3']],
    ['the first one dropped', items.slice(1), ['broken', 'dropped 1']],
    ['the newest one dropped', items.slice(0, 5), ['broken', 'cut 6']],
    ['all dropped', [], ['broken', ...[1, 2, 3, 4, 5, 6].map((sequence) => `cut ${sequence}`)]],
    ['two swapped', [items[0] as AuditItem, ...swapped, ...items.slice(3)], ['broken', 'swapped 2', 'swapped 3']],
    ["another fleet's", record(6, 'fleet', 'of another'), ['broken', 'foreign 1']],
    ['written anew from its beginning', rewritten(items, 0), ['broken', 'foreign 1']],
  ])('%s', async (_, found, expected) => {
    expect(await kinds(found)).toEqual(expected);
  });

  test('what is younger than the newest anchor is unproved, and does not hold', async () => {
    const chain = readChain(filesOf(await anchored(items.slice(0, 4))));
    expect(compareWithAnchors('fleet', items, chain)).toMatchObject({ verdict: 'unproved', proved: 4, unproved: 2 });
    expect(compareWithAnchors('fleet', items, readChain([]))).toMatchObject({ verdict: 'unproved', unproved: 6 });
    expect(compareWithAnchors('fleet', [], readChain([]))).toMatchObject({ verdict: 'unproved', items: 0 });
  });

  test('what no anchor holds yet must still follow what is anchored', async () => {
    const anchors = await anchored(items.slice(0, 4));
    expect(await kinds(items.toSpliced(4, 1), anchors)).toEqual(['broken', 'unlinked 6']);
  });

  test('a batch that was anchored twice says the same', async () => {
    const anchors = await anchored(items.slice(0, 4), record(1, 'shop'), items);
    expect(await kinds(items, anchors)).toEqual(['holds']);
  });

  test('what was changed and put back is still told, and so is what was put in the place of a removed item', async () => {
    const { anchors, ports } = world();
    await anchorLines(ports, TABLE, lines(items));
    const changed = { event: 'MODIFY', subject: 'fleet', sequence: 2, before: 'a', after: 'b' } as const;
    await anchorLines(ports, TABLE, [{ changed }]);
    expect(await kinds(items, anchors)).toEqual(['broken', 'changed 2']);
    const again = await anchored(items, rewritten(items, 5).slice(5));
    expect(await kinds(items, again)).toEqual(['broken', 'changed 6']);
  });
});

describe('the anchors are held against each other', () => {
  const items = record(6);
  const problems = async (change: (files: AnchorFile[]) => AnchorFile[]) => {
    const files = filesOf(await anchored(items.slice(0, 2), items.slice(2, 4), items.slice(4)));
    const chain = readChain(change(files));
    // Incomplete anchors prove nothing.
    if (chain.problems.length > 0) expect(compareWithAnchors('fleet', items, chain).verdict).toBe('broken');
    return chain.problems.join(' ');
  };

  test('whole, in whatever order they come', async () => {
    expect(await problems((files) => files.reverse())).toBe('');
  });

  test('one is missing', async () => {
    expect(await problems((files) => files.toSpliced(1, 1))).toMatch(/^Anchors 2 to 2 are missing/);
  });

  test('one is another', async () => {
    const other = filesOf(await anchored(items.slice(0, 2), items.slice(3, 4)))[1] as AnchorFile;
    expect(await problems((files) => files.with(1, other))).toMatch(/^Anchor 3 does not follow anchor 2/);
  });

  test("one is another fleet's", async () => {
    const { anchors, ports } = world();
    for (const item of items) await anchorLines(ports, `${TABLE}-of-another`, lines([item]));
    const other = filesOf(anchors)[2] as AnchorFile;
    expect(await problems((files) => files.with(2, other))).toMatch(/^Anchor 3 is another fleet's/);
  });

  test('one has the name of another, or is none', async () => {
    expect(await problems((files) => files.with(2, { ...(files[1] as AnchorFile), name: anchorName(3) }))).toMatch(
      /holds anchor 2: it was put under another's name/,
    );
    expect(await problems((files) => files.with(0, { name: anchorName(1), text: '{}' }))).toMatch(/cannot be read/);
  });

  test('one holds an item that is not its own hash', async () => {
    const forged = await anchored([{ ...(items[0] as AuditItem), principal: 'forged' }]);
    expect(readChain(filesOf(forged)).problems).toEqual([expect.stringContaining('a hash that is not its own')]);
  });

  test('what was done to an object is told', async () => {
    expect(
      await problems((files) => files.with(0, { ...(files[0] as AnchorFile), problem: 'it was deleted' })),
    ).toMatch(/it was deleted/);
  });
});

describe('the daily sweep', () => {
  const audited = async (count: number) => {
    const { clock, anchors, ports } = world();
    const table = new MemoryTable();
    const write = async (event: string) => {
      await transactWithAudit(table, [], [{ subject: 'fleet', event, principal: 'p', detail: {} }], clock.now());
    };
    for (let index = 0; index < count; index += 1) await write(`Event${index}`);
    return { clock, anchors, table, write, ports: { ...ports, table } };
  };

  test('anchors what the stream never brought, and what was there before there were anchors', async () => {
    const { clock, anchors, table, ports, write } = await audited(3);
    clock.time += 100 * 24 * HOUR;
    await write('JustNow');
    expect(await sweepAudit(ports, TABLE)).toEqual({ late: 3, differing: [] });
    const items = await table.auditOf('fleet');
    const chain = readChain(filesOf(anchors));
    expect(compareWithAnchors('fleet', items, chain)).toMatchObject({ verdict: 'unproved', proved: 3, unproved: 1 });
    clock.time += 24 * HOUR;
    expect(await sweepAudit(ports, TABLE)).toEqual({ late: 1, differing: [] });
    expect(await sweepAudit(ports, TABLE)).toEqual({ late: 0, differing: [] });
  });

  test('looks back over the last days only, once the anchors are older than that', async () => {
    const { clock, anchors, table, ports, write } = await audited(1);
    await anchorLines(ports, TABLE, lines(await table.auditOf('fleet')));
    clock.time += 10 * 24 * HOUR;
    await write('Later');
    clock.time += 2 * HOUR;
    let read = 0;
    const { auditSince } = table;
    table.auditSince = (since) => {
      read = since.getTime();
      return auditSince.call(table, since);
    };
    expect(await sweepAudit(ports, TABLE)).toEqual({ late: 1, differing: [] });
    expect(read).toBe(clock.time - 72 * HOUR);
    expect(anchors.texts.size).toBe(2);
  });

  test('reads many anchors at one time, and every one of them', async () => {
    const { clock, anchors, table, ports } = await audited(41);
    const items = await table.auditOf('fleet');
    for (const item of items) await anchorLines(ports, TABLE, lines([item]));
    clock.time += 2 * HOUR;
    let reads = 0;
    let most = 0;
    const { read } = anchors;
    anchors.read = async (number) => {
      reads += 1;
      most = Math.max(most, reads);
      await Promise.resolve();
      reads -= 1;
      return read.call(anchors, number);
    };
    expect(await sweepAudit(ports, TABLE)).toEqual({ late: 0, differing: [] });
    expect(most).toBe(16);
    table.auditSince = async function* () {
      yield* rewritten(items, 0);
    };
    expect((await sweepAudit(ports, TABLE)).differing).toHaveLength(41);
  });

  test('anchors nothing that Liftlock did not write, and tells of it', async () => {
    const { clock, anchors, table, ports } = await audited(1);
    clock.time += 2 * HOUR;
    const [own] = await table.auditOf('fleet');
    table.auditSince = async function* () {
      yield* [own as AuditItem, { ...(own as AuditItem), sequence: 2, principal: 'q' }];
    };
    expect(await sweepAudit(ports, TABLE)).toEqual({ late: 1, differing: ['fleet#2'] });
    expect(readChain(filesOf(anchors)).problems).toEqual([]);
  });

  test('tells what is not what was anchored, and what is gone', async () => {
    const { clock, table, ports } = await audited(3);
    const items = await table.auditOf('fleet');
    await anchorLines(ports, TABLE, lines(items));
    clock.time += 2 * HOUR;
    table.auditSince = async function* () {
      yield* rewritten(items, 1).slice(0, 2);
    };
    expect(await sweepAudit(ports, TABLE)).toEqual({ late: 0, differing: ['fleet#2', 'fleet#3'] });
  });

  test('tells an item that was edited and kept its hash', async () => {
    const { clock, table, ports } = await audited(3);
    const items = plain(await table.auditOf('fleet'));
    await anchorLines(ports, TABLE, lines(items));
    clock.time += 2 * HOUR;
    table.auditSince = async function* () {
      yield* items.with(1, { ...(items[1] as AuditItem), principal: 'an innocent role' });
    };
    expect(await sweepAudit(ports, TABLE)).toEqual({ late: 0, differing: ['fleet#2'] });
  });

  test.each<[string, number, boolean, string[]]>([
    ['of a time to come, and not as its hash', 1e12, false, ['fleet#2']],
    ['of a time to come', 16_000, true, ['fleet#2']],
    ['of just now, and not as its hash', 0, false, ['fleet#2']],
    ['of a clock that is a little ahead', 15_000, true, []],
    ['written while it reads', 60_000 + 15_000, true, []],
  ])(
    'tells an item of a time to come, or that Liftlock did not write, whenever it is of: %s',
    async (when, ahead, isOwn, differing) => {
      const { clock, anchors, table, ports } = await audited(1);
      const items = plain(await table.auditOf('fleet'));
      await anchorLines(ports, TABLE, lines(items));
      clock.time += 2 * HOUR;
      const at = new Date(clock.time + ahead);
      const one = plain(link(items[0], { subject: 'fleet', event: 'One', principal: 'p', detail: {} }, at));
      table.auditSince = async function* () {
        if (when === 'written while it reads') clock.time += 60_000;
        yield* [...items, isOwn ? one : { ...one, principal: 'q' }];
      };
      expect(await sweepAudit(ports, TABLE)).toEqual({ late: 0, differing });
      expect(anchors.texts.size).toBe(1);
    },
  );
});
