import { readAnchor } from '../anchors/anchor.ts';
import { type ComparedRecord, compareWithAnchors } from '../anchors/compare-with-anchors.ts';
import { type AnchorChain, readChain } from '../anchors/read-chain.ts';
import { CALL_SECONDS, GRACE_SECONDS } from '../contracts/mutating-calls.ts';
import { canonicalJson, sha256Hex } from '../hash/canonical-json.ts';
import { counted } from '../model/words.ts';
import type { AnchorFile } from '../ports/anchors.ts';
import type { AuditItem } from '../ports/table.ts';
import { type AuditRecord, coveredRecords } from './covered-records.ts';
import { disclose, isAsDisclosed } from './disclose.ts';
import type { AnchorProof, EvidenceDocument, EvidenceItem } from './evidence-document.ts';

export interface VerifiedEvidence {
  readonly verdict: ComparedRecord['verdict'];
  /** Problems beside those of single items, one sentence each. */
  readonly problems: readonly string[];
  readonly records: readonly ComparedRecord[];
  /** What could not be checked, one sentence each. */
  readonly unchecked: readonly string[];
}

/** The anchors that hold items of these records, as a file lists them. `readChain` reports anchors that cannot be read. */
export function proofsOf(files: readonly AnchorFile[], records: readonly AuditRecord[]): AnchorProof[] {
  const wanted = new Map(
    records.map(({ subject, items }) => [subject, new Set(items.map(({ sequence }) => sequence))]),
  );
  const proofs = files.flatMap(({ text }): AnchorProof[] => {
    const anchor = readOrNothing(text);
    if (anchor === undefined) return [];
    const heads: Record<string, AnchorProof['heads'][string]> = {};
    for (const line of anchor.lines) {
      if (!('entry' in line)) continue;
      const { subject, sequence, hash } = line.entry;
      const isNewer = sequence > (heads[subject]?.sequence ?? 0);
      if (isNewer && wanted.get(subject)?.has(sequence) === true) heads[subject] = { sequence, hash };
    }
    const { number, at } = anchor.header;
    return Object.keys(heads).length === 0 ? [] : [{ number, at, sha256: sha256Hex(text), heads }];
  });
  return proofs.sort((a, b) => a.number - b.number);
}

function readOrNothing(text: string) {
  try {
    return readAnchor(text);
  } catch {
    return undefined;
  }
}

/**
 * Judges a file by itself and, where there are anchors, by them: each item is as it was written, no item of the file's scope is missing, and all
 * items belong to this fleet.
 */
export function verifyEvidence(document: EvidenceDocument, files?: readonly AnchorFile[]): VerifiedEvidence {
  const chain = readChain(files ?? []);
  const known = allOf(chain, document);
  const records = coveredRecords(known, document.scope);
  const isAnchored = chain.newest > 0;
  const problems = [...chain.problems, ...problemsOfProofs(document, chain, files ?? [])];
  const shown = new Map(document.records.map((record) => [record.subject, record]));
  if (shown.size < document.records.length)
    problems.push('One subject has several records in it, which no export of Liftlock does.');
  const subjects = [...new Set([...shown.keys(), ...(isAnchored ? records.map(({ subject }) => subject) : [])])].sort();
  const compared = subjects.map((subject) => {
    const record = shown.get(subject) ?? { subject, items: [] };
    const expected = records.find((one) => one.subject === subject)?.items ?? [];
    return compareRecord(document, record, expected, chain);
  });
  const headless = headProblems(document);
  const isBroken = problems.length > 0 || headless.length > 0 || compared.some(({ verdict }) => verdict === 'broken');
  const isProved = isAnchored && compared.every(({ verdict }) => verdict === 'holds');
  return {
    verdict: isBroken ? 'broken' : isProved ? 'holds' : 'unproved',
    problems: [...problems, ...headless],
    records: compared,
    unchecked: uncheckedOf(document, compared, chain),
  };
}

/** The anchored items of all subjects up to the time of the file, and those of the file that no anchor holds. */
function allOf({ entries }: AnchorChain, { records, madeAt }: EvidenceDocument): AuditRecord[] {
  const shown = records.flatMap(({ items }): readonly AuditItem[] => items);
  const anchored = [...entries.values()].flatMap((items) => [...items.values()]).filter(({ at }) => at <= madeAt);
  return [...Map.groupBy([...shown, ...anchored], ({ subject }) => subject)].map(([subject, items]) => {
    const each = new Map(items.map((item) => [item.sequence, item]));
    return { subject, items: [...each.values()].sort((a, b) => a.sequence - b.sequence) };
  });
}

/** Clocks of writers differ, so items of the last moment may not have been there yet. */
const SKEW = (GRACE_SECONDS - CALL_SECONDS) * 1000;

/** Compares a record with its anchored items, as far as the file's scope includes them. */
function compareRecord(
  document: EvidenceDocument,
  { subject, items }: AuditRecord,
  expected: readonly AuditItem[],
  chain: AnchorChain,
): ComparedRecord {
  const last = new Date(Date.parse(document.madeAt) - SKEW).toISOString();
  const meant = new Set([...items, ...expected.filter(({ at }) => at <= last)].map(({ sequence }) => sequence));
  const anchored = new Map([...(chain.entries.get(subject) ?? [])].filter(([sequence]) => meant.has(sequence)));
  const changes = chain.changes.filter((change) => change.subject === subject && meant.has(change.sequence));
  const isWhole = (item: EvidenceItem): boolean => {
    const entry = anchored.get(item.sequence);
    if (item.withheld === undefined || entry?.hash !== item.hash) return isAsDisclosed(item);
    return canonicalJson(disclose(entry, saltOf(document))) === canonicalJson(item);
  };
  const [first] = items;
  const before = first && { before: { sequence: first.sequence - 1, hash: first.previousHash } };
  return compareWithAnchors(
    subject,
    items,
    { ...chain, entries: new Map([[subject, anchored]]), changes },
    { ...before, isWhole },
  );
}

/** All files of a fleet have the same pseudonyms. */
export const saltOf = ({ redacted, of }: Pick<EvidenceDocument, 'redacted' | 'of'>): string | undefined =>
  redacted === null ? undefined : (of ?? 'liftlock');

/** Older anchors may have been deleted, and younger ones may not have been fetched. */
const isAmong = ({ first, newest }: AnchorChain, { number }: AnchorProof): boolean =>
  number >= first && number <= newest;

function problemsOfProofs(
  { of, anchors, records }: EvidenceDocument,
  chain: AnchorChain,
  files: readonly AnchorFile[],
): string[] {
  if (chain.newest === 0) return [];
  if (of !== null && of !== chain.of)
    return [`These anchors are another fleet's: they are about ${chain.of}, and the file is about ${of}.`];
  const found = new Map(proofsOf(files, records).map((proof) => [proof.number, canonicalJson(proof)]));
  return anchors
    .filter((proof) => isAmong(chain, proof) && found.get(proof.number) !== canonicalJson(proof))
    .map(({ number }) => `Anchor ${number} is not what the file says of it: its digest, its time or its heads differ.`);
}

/** Compares the heads that the file itself lists with its items, which finds a replaced item even without anchors. */
function headProblems({ anchors, records }: EvidenceDocument): string[] {
  const hashes = new Map(
    records.map(({ subject, items }) => [subject, new Map(items.map((item) => [item.sequence, item.hash]))]),
  );
  return anchors.flatMap(({ number, heads }) =>
    Object.entries(heads).flatMap(([subject, { sequence, hash }]) => {
      const found = hashes.get(subject)?.get(sequence);
      if (found === hash) return [];
      const how = found === undefined ? 'is not in the file' : 'is another one in the file';
      return [`Item ${sequence} of ${subject}, a head of anchor ${number}, ${how}.`];
    }),
  );
}

function uncheckedOf(
  { anchors, records, redacted, of }: EvidenceDocument,
  compared: readonly ComparedRecord[],
  chain: AnchorChain,
): string[] {
  const isAnchored = chain.newest > 0;
  const absent = anchors.filter((proof) => !isAmong(chain, proof)).map(({ number }) => number);
  const withheld = records.flatMap(({ items }) => items.filter((item) => item.withheld !== undefined)).length;
  const unproved = compared.reduce((sum, record) => sum + record.unproved, 0);
  const what = redacted === null ? 'request bodies' : 'request bodies and names of people';
  const named = counted(absent.length, 'anchor');
  const without = `${counted(withheld, 'item')} without ${what}`;
  const sentences: readonly (readonly [boolean, string])[] = [
    [!isAnchored, NO_ANCHORS],
    [isAnchored && absent.length > 0, `${named} that the file names, which you have not given: ${absent.join(', ')}.`],
    [isAnchored && unproved > 0, `${counted(unproved, 'item')} younger than the newest anchor or not anchored.`],
    [
      withheld > 0 && (!isAnchored || unproved > 0),
      `${without}: only anchors prove the rest of them, since their hashes are of all.`,
    ],
    [isAnchored && of === null, 'Whose file it is: it was made without anchors and names no audit table.'],
  ];
  return sentences.filter(([isSo]) => isSo).map(([, sentence]) => sentence);
}

const NO_ANCHORS =
  'It was held against no anchors: whoever made this file could have made it so, or left items out at the ends of its records. Name them: --anchors s3://<bucket>, or a folder that liftlock audit export wrote.';
