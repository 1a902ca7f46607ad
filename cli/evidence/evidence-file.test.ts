import type { EvidenceDocument } from '../../core/evidence/evidence-document.ts';
import { verifyEvidence } from '../../core/evidence/verify-evidence.ts';
import type { AnchorFile } from '../../core/ports/anchors.ts';
import { anchorsOf, evidenceOf, recordOf, smallFleet, WEB } from '../../test/material/evidence/small-evidence.ts';
import { readEvidence, withSeal, writeEvidence } from './evidence-file.ts';
import { partText, renderPage } from './page.ts';

const VERSION = '0.1.0';
const records = smallFleet();
let files: AnchorFile[];
let file: Buffer;
beforeAll(async () => {
  files = await anchorsOf(records);
  file = writeEvidence(evidenceOf(records, files));
});

const problemsOf = (changed: Buffer, version = VERSION) => readEvidence(changed, version).problems;
const changedAt = (at: number, byte: number, of = file): Buffer => {
  const copy = Buffer.from(of);
  copy[at] = byte;
  return copy;
};
/** The changed bytes by the file's own statement. */
function placeIn(problem: string): [number, number] {
  const [, first, last] = /bytes? (\d+)(?: to (\d+))?/i.exec(problem) ?? [];
  return [Number(first), Number(last ?? first)];
}

test('a file that nobody changed has nothing wrong with it', () => {
  const read = readEvidence(file, VERSION);
  expect([read.problems, read.unchecked, read.sha256]).toEqual([[], [], expect.stringMatching(/^[0-9a-f]{64}$/)]);
  expect(writeEvidence(read.document ?? evidenceOf([], [])).equals(file)).toBe(true);
});

test('each single byte that is changed is found, and where', () => {
  const small = writeEvidence(
    evidenceOf([recordOf(WEB, [[30, 'Granted', 'liftlock', { upgradeId: '1.36-1.37' }]])], []),
  );
  const missed: number[] = [];
  const misplaced: string[] = [];
  for (let at = 0; at < small.length; at += 1) {
    // The lowest bit and the highest one in turn, so that some bytes are no longer UTF-8.
    const [problem] = problemsOf(changedAt(at, (small[at] ?? 0) ^ (at % 2 === 0 ? 1 : 128), small));
    if (problem === undefined) missed.push(at);
    const [first, last] = placeIn(problem ?? '');
    if (!(at >= first && at <= last)) misplaced.push(`${at}: ${problem}`);
  }
  expect([missed, misplaced]).toEqual([[], []]);
  expect(small.length).toBeLessThan(10_000);
});

test.each([
  ['a byte more at the end', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('\n')])],
  ['a byte less at the end', (bytes: Buffer) => bytes.subarray(0, -1)],
  ['a byte taken out', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 3000), bytes.subarray(3001)])],
  [
    'a byte put in',
    (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 3000), Buffer.from(' '), bytes.subarray(3000)]),
  ],
  ['no page at all', () => Buffer.from('')],
  ['another page', () => Buffer.from('<!doctype html>\n')],
])('%s is found', (_, change) => {
  expect(problemsOf(change(file))).not.toEqual([]);
});

test('where an item was changed, the block is told, and the item by its own hash', () => {
  const at = file.indexOf('UpgradeSucceeded', file.indexOf('<script'));
  const { problems, document } = readEvidence(changedAt(at, 'X'.charCodeAt(0)), VERSION);
  expect(problems).toEqual([
    expect.stringMatching(/^Something was changed within bytes \d+ to \d+, in the machine-readable part\.$/),
  ]);
  const { records: compared } = verifyEvidence(document ?? evidenceOf([], []), files);
  expect(compared.flatMap(({ tampering }) => tampering)).toMatchObject([{ kind: 'edited', sequence: 7 }]);
});

test('where the page was changed, the byte is told', () => {
  const at = file.indexOf('Evidence of');
  expect(problemsOf(changedAt(at, 'X'.charCodeAt(0)))).toEqual([`Byte ${at} was changed.`]);
});

describe('somebody who seals the file anew', () => {
  const sealedAnew = (change: (page: string) => string): Buffer => {
    const page = renderPage(JSON.parse(partText(evidenceOf(records, files))));
    const changed = change(page);
    expect([file.toString().startsWith(page), changed === page]).toEqual([true, false]);
    return withSeal(Buffer.from(changed));
  };

  test('is found by the page, which says something else than the record', () => {
    const forged = sealedAnew((page) => page.replace('<td>Approved</td>', '<td>Rejected</td>'));
    expect(problemsOf(forged)).toEqual([
      expect.stringMatching(/^The page does not say what its machine-readable part says.*: byte \d+ is another one/),
    ]);
  });

  test('is not found by another version, and that is said', () => {
    const forged = sealedAnew((page) => page.replace('<td>Approved</td>', '<td>Rejected</td>'));
    const { problems, unchecked } = readEvidence(forged, '9.9.9');
    expect([problems, unchecked]).toEqual([[], [expect.stringContaining('Liftlock 0.1.0 made it, and this is 9.9.9')]]);
  });

  test('is found where a text is none, whatever version reads it', () => {
    const page = Buffer.from(renderPage(JSON.parse(partText(evidenceOf(records, files)))));
    page[page.indexOf('UpgradeSucceeded', page.indexOf('<script'))] = 0xff;
    expect(problemsOf(withSeal(page), '9.9.9')).toEqual([
      expect.stringMatching(/machine-readable part, bytes .* cannot be read/),
    ]);
  });

  test('is found where the machine-readable part is not canonical', () => {
    const spaced = sealedAnew((page) => page.replace('"evidence":2', '"evidence": 2'));
    expect(problemsOf(spaced)).toEqual([expect.stringContaining('not canonical')]);
  });
});

test('nothing that a cluster or a person wrote can end the part, run or be read as markup', () => {
  const evil = '</script><script>alert(1)</script><img src=x onerror=1>';
  const one = recordOf(WEB, [[30, 'Granted', evil, { upgradeId: '1.36-1.37', note: evil }]]);
  const text = writeEvidence(evidenceOf([one], [])).toString();
  expect([text.includes('<img'), text.match(/<script/g)?.length, text.match(/<\/script/g)?.length]).toEqual([
    false,
    1,
    1,
  ]);
  expect(readEvidence(Buffer.from(text), VERSION).document?.records[0]?.items[0]?.principal).toBe(evil);
});

test('a file of another format is not judged, and says which version does', () => {
  const older = { ...evidenceOf(records, files), evidence: 1 } as unknown as EvidenceDocument;
  const { document, problems, unchecked } = readEvidence(writeEvidence(older), VERSION);
  expect([document, problems]).toEqual([undefined, []]);
  expect(unchecked).toEqual([
    `What it says: its format is 1, and this version judges 2: verify it with Liftlock ${older.madeWith}, which made it.`,
  ]);
});
