import {
  ANN,
  AUDIT_TABLE,
  anchorsOf,
  evidenceOf,
  smallFleet,
  WEB,
} from '../../test/material/evidence/small-evidence.ts';
import { readAnchor } from '../anchors/anchor.ts';
import { canonicalJson, sha256Hex } from '../hash/canonical-json.ts';
import type { AnchorFile } from '../ports/anchors.ts';
import type { AuditItem } from '../ports/table.ts';
import { link } from '../store/audit.ts';
import { coveredRecords } from './covered-records.ts';
import type { EvidenceDocument, EvidenceItem } from './evidence-document.ts';
import { verifyEvidence } from './verify-evidence.ts';

const records = smallFleet();
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
let files: AnchorFile[];
let whole: EvidenceDocument;
beforeAll(async () => {
  files = await anchorsOf(records);
  whole = evidenceOf(records, files);
});

/** The file with one changed record. */
const withItems = (
  subject: string,
  change: (items: readonly EvidenceItem[]) => readonly EvidenceItem[],
): EvidenceDocument => ({
  ...whole,
  records: whole.records
    .map((record) => (record.subject === subject ? { subject, items: change(record.items) } : record))
    .filter(({ items }) => items.length > 0),
});
const told = (document: EvidenceDocument, anchors?: readonly AnchorFile[]): [string, ...string[]] => {
  const { verdict, records: compared, problems } = verifyEvidence(document, anchors);
  const items = compared.flatMap(({ tampering }) => tampering.map(({ kind, sequence }) => `${kind} ${sequence}`));
  return [verdict, ...items, ...problems];
};
const digestOf = (value: object): string => sha256Hex(canonicalJson(value));
/** The items from one on are by another writer, and linked correctly. */
function rewritten(items: readonly EvidenceItem[], from: number): EvidenceItem[] {
  const made: AuditItem[] = [];
  for (const [index, item] of items.entries()) {
    const before = made.at(-1) ?? { sequence: item.sequence - 1, hash: item.previousHash };
    made.push(index < from ? item : link(before, { ...item, principal: 'an innocent role' }, new Date(item.at)));
  }
  return plain(made);
}

describe('what a file about one upgrade holds', () => {
  test('is its part of the record of its cluster, its rollout from the beginning, and the configuration in force', () => {
    expect(whole.records.map(({ subject, items }) => [subject, ...items.map(({ sequence }) => sequence)])).toEqual([
      [WEB, 3, 4, 5, 6, 7],
      ['fleet', 3],
      ['rollout/r', 1, 2],
    ]);
  });

  test('and of a period all that was done in it', () => {
    const scope = { kind: 'period', since: '2026-11-20T08:31:00.000Z', until: '2026-11-20T08:50:00.000Z' } as const;
    const found = coveredRecords(records, scope).map(({ subject, items }) => [subject, items.length]);
    expect(found).toEqual([
      [WEB, 4],
      ['fleet', 1],
    ]);
  });

  test('and of an upgrade what has taken back what it had left, and what its rollback had left', () => {
    const of = (upgradeId: string, minute: number) =>
      link(
        undefined,
        {
          subject: WEB,
          event: 'UpgradeSucceeded',
          principal: 'liftlock',
          detail: { upgradeId, from: '1.37', to: '1.37' },
        },
        new Date(Date.UTC(2026, 10, 20, 9, minute)),
      );
    const items = [
      '1.36-1.37',
      'undo-1.36-1.37',
      'rollback-1.37-1.36',
      'undo-rollback-1.37-1.36',
      'undo-1.37-1.38',
    ].map(of);
    const scope = { kind: 'upgrade', clusterKey: WEB, upgradeId: '1.36-1.37' } as const;
    expect(coveredRecords([{ subject: WEB, items }], scope)[0]?.items).toEqual(items.slice(0, 4));
  });

  test('and of a rollout all clusters in it, and no other rollout', () => {
    const found = coveredRecords(records, { kind: 'rollout', rolloutId: 'r' });
    expect(found.map(({ subject, items }) => [subject, items.length])).toEqual([
      [WEB, 5],
      ['fleet', 1],
      ['rollout/r', 2],
    ]);
  });
});

test('what is as it was written holds against the anchors, and without them is unproved and says what that leaves open', () => {
  expect(told(whole, files)).toEqual(['holds']);
  const { verdict, unchecked } = verifyEvidence(whole);
  expect([verdict, unchecked]).toEqual([
    'unproved',
    [expect.stringContaining('held against no anchors'), expect.stringContaining('1 item without request bodies')],
  ]);
});

describe('with the anchors is told', () => {
  test('an item that was edited', () => {
    const edited = withItems(WEB, (items) =>
      items.map((item) => (item.sequence === 5 ? { ...item, principal: 'q' } : item)),
    );
    expect(told(edited, files)).toEqual(['broken', 'edited 5']);
  });

  test('an item without its request body that was edited, its digest made anew', () => {
    const edited = withItems(WEB, (items) =>
      items.map((item) => {
        if (item.sequence !== 4) return item;
        const { withheld: _, ...shown } = { ...item, at: '2026-11-20T08:31:30.000Z' };
        return { ...shown, withheld: digestOf(shown) };
      }),
    );
    expect(told(edited, files)).toEqual(['broken', 'edited 4']);
    expect(told(edited)[0]).toBe('unproved');
  });

  test('an item that was replaced, and all after it linked anew', () => {
    const replaced = withItems('rollout/r', (items) => rewritten(items, 1));
    expect(told(replaced, files).slice(0, 2)).toEqual(['broken', 'replaced 2']);
  });

  test.each([
    ['in the middle', (items: readonly EvidenceItem[]) => items.toSpliced(1, 1), 'dropped 4'],
    ['at the end', (items: readonly EvidenceItem[]) => items.slice(0, -1), 'cut 7'],
    ['at the beginning', (items: readonly EvidenceItem[]) => items.slice(1), 'dropped 3'],
    ['all of them', () => [], 'cut 3'],
  ])('items that were removed: %s', (_, remove, wanted) => {
    // An attacker who removes items also removes the heads that name them from the file.
    const document = { ...withItems(WEB, remove), anchors: [] };
    expect(told(document, files).slice(0, 2)).toEqual(['broken', wanted]);
  });

  test('items that were swapped', () => {
    const swapped = withItems(WEB, ([a, b, c, ...more]) =>
      a === undefined || b === undefined || c === undefined
        ? []
        : [a, { ...c, sequence: b.sequence }, { ...b, sequence: c.sequence }, ...more],
    );
    expect(told(swapped, files).slice(0, 3)).toEqual(['broken', 'swapped 4', 'swapped 5']);
  });

  test("anchors of another fleet, and another fleet's record", async () => {
    const foreign = await anchorsOf(records, `${AUDIT_TABLE}-of-another`);
    expect(told(whole, foreign)).toEqual([
      'broken',
      expect.stringContaining("These anchors are another fleet's: they are about"),
    ]);
    const other = withItems('rollout/r', (items) => rewritten(items, 0));
    expect(told({ ...other, anchors: [] }, files).slice(0, 2)).toEqual(['broken', 'foreign 1']);
  });

  test('what the file says of an anchor and is not so', () => {
    const anchors = whole.anchors.map((proof, index) => (index === 0 ? { ...proof, sha256: 'f'.repeat(64) } : proof));
    expect(told({ ...whole, anchors }, files)).toEqual([
      'broken',
      expect.stringMatching(/^Anchor \d is not what the file says/),
    ]);
  });

  test('what is not anchored yet', async () => {
    const some = (await anchorsOf(records)).filter(({ text }) => !text.includes('UpgradeSucceeded'));
    const { verdict, records: compared } = verifyEvidence({ ...whole, anchors: [] }, some);
    expect(verdict).toBe('unproved');
    expect(compared.find(({ subject }) => subject === WEB)?.unproved).toBeGreaterThan(0);
  });

  test('what only anchors hold that are not at hand, as unproved and not as changed', () => {
    const newest = Math.max(...whole.anchors.map(({ number }) => number));
    const some = files.filter(({ text }) => readAnchor(text).header.number < newest);
    const { verdict, problems, unchecked } = verifyEvidence(whole, some);
    expect([verdict, problems, unchecked[0]]).toEqual([
      'unproved',
      [],
      `1 anchor that the file names, which you have not given: ${newest}.`,
    ]);
  });

  test('nothing of what came after the file was made', async () => {
    const early = { ...whole, madeAt: '2026-11-20T08:40:00.000Z' };
    const cut = { ...early, records: withItems(WEB, (items) => items.slice(0, -2)).records, anchors: [] };
    expect(told(cut, files)).toEqual(['holds']);
    // An end that is older than the file does not count.
    expect(told({ ...cut, madeAt: '2026-11-20T09:00:00.000Z' }, files).slice(0, 2)).toEqual(['broken', 'cut 6']);
  });
});

describe('without any anchor is told', () => {
  test('an item that was edited, or dropped between others, or replaced under a head that the file names', () => {
    const edited = withItems(WEB, (items) =>
      items.map((item) => (item.sequence === 5 ? { ...item, event: 'Nothing' } : item)),
    );
    expect(told(edited)).toEqual(['broken', 'unlinked 5']);
    expect(told(withItems(WEB, (items) => items.toSpliced(2, 1))).slice(0, 2)).toEqual(['broken', 'unlinked 6']);
    const replaced = withItems('rollout/r', (items) => rewritten(items, 1));
    expect(told(replaced)).toEqual(['broken', expect.stringContaining('Item 2 of rollout/r, a head of anchor')]);
  });

  test('two records of one subject', () => {
    const twice = { ...whole, records: [...whole.records, ...whole.records.slice(-1)] };
    expect(told(twice)[1]).toContain('several records');
  });
});

describe('where people are redacted', () => {
  let redacted: EvidenceDocument;
  beforeAll(() => {
    redacted = evidenceOf(records, files, { redacted: 'people' });
  });

  test('nobody is named, one person has one pseudonym, and the anchors prove it all the same', () => {
    const text = JSON.stringify(redacted);
    expect([text.includes('ann'), new Set(text.match(/person-[0-9a-f]{10}/g)).size]).toEqual([false, 1]);
    expect(told(redacted, files)).toEqual(['holds']);
    expect(verifyEvidence(redacted).unchecked.join(' ')).toContain('without request bodies and names of people');
  });

  test('a pseudonym that was exchanged for another is told', () => {
    const text = JSON.stringify(redacted).replace(/person-[0-9a-f]{10}/, 'person-0000000000');
    expect(told(JSON.parse(text), files).slice(0, 2)).toEqual(['broken', expect.stringContaining('edited')]);
  });
});

test('request bodies are in no file, and the token of a call is', () => {
  const text = JSON.stringify(whole);
  expect([text.includes('secret'), text.includes('t0k'), text.includes(ANN)]).toEqual([false, true, true]);
});
