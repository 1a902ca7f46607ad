import type { AuditItem } from '../ports/table.ts';
import { type ChainPart, firstBreak, isIntact } from '../store/audit.ts';
import type { AnchorChain } from './read-chain.ts';

type TamperKind = 'edited' | 'replaced' | 'swapped' | 'dropped' | 'cut' | 'foreign' | 'unlinked' | 'changed';

interface Tampering {
  readonly kind: TamperKind;
  /** The first item that shows it. */
  readonly sequence: number;
  readonly problem: string;
}

/** The result for the record of one subject. */
export interface ComparedRecord {
  readonly subject: string;
  readonly items: number;
  /** Items that are as they were anchored. */
  readonly proved: number;
  /** Items that no anchor holds yet. Their chain holds, but anybody who may write to the table could have made it. */
  readonly unproved: number;
  /** `holds` only if nothing is unproved. */
  readonly verdict: 'holds' | 'unproved' | 'broken';
  readonly tampering: readonly Tampering[];
}

/** Compares a subject's items, or a part of them, oldest first, with the anchors and with each other. */
export function compareWithAnchors(
  subject: string,
  items: readonly AuditItem[],
  chain: AnchorChain,
  part: ChainPart = {},
): ComparedRecord {
  const { isWhole = isIntact } = part;
  const anchored = chain.entries.get(subject) ?? new Map<number, AuditItem>();
  const found = new Map(items.map((item) => [item.sequence, item]));
  const proved = items.filter((item) => anchored.get(item.sequence)?.hash === item.hash && isWhole(item)).length;
  const strays = items.filter((item) => item.subject !== subject);
  const tampering = [
    ...strays.map((item) => ({
      kind: 'foreign' as const,
      sequence: item.sequence,
      problem: `It is of ${item.subject}.`,
    })),
    ...againstAnchors(found, anchored, proved, part),
    ...changesOf(subject, chain),
  ].sort((a, b) => a.sequence - b.sequence);
  const broken = firstBreak(items, part);
  // The anchors describe tampering more exactly, so this comes only without them.
  if (broken !== undefined && tampering.length === 0)
    tampering.push({ kind: 'unlinked', sequence: broken.sequence, problem: `${capital(broken.problem)}.` });
  const unproved = items.filter(({ sequence }) => !anchored.has(sequence)).length;
  const isSound = tampering.length === 0 && chain.problems.length === 0;
  const verdict = !isSound ? 'broken' : unproved > 0 || items.length === 0 ? 'unproved' : 'holds';
  return { subject, items: items.length, proved, unproved, verdict, tampering };
}

function againstAnchors(
  found: ReadonlyMap<number, AuditItem>,
  anchored: ReadonlyMap<number, AuditItem>,
  proved: number,
  part: ChainPart,
): Tampering[] {
  const { before, isWhole = isIntact } = part;
  const newest = [...found.keys()].at(-1) ?? 0;
  const both = [...anchored.keys()].filter((sequence) => found.has(sequence));
  // A record that is a chain of its own from the first item on was not made by changing this one.
  if (
    proved === 0 &&
    both.length > 1 &&
    both.includes((before?.sequence ?? 0) + 1) &&
    firstBreak([...found.values()], part) === undefined
  )
    return [{ kind: 'foreign', sequence: Math.min(...both), problem: FOREIGN }];
  const hashes = new Map([...anchored].map(([sequence, { hash }]) => [hash, sequence]));
  return [...anchored].flatMap(([sequence, entry]): Tampering[] => {
    const item = found.get(sequence);
    const tampered = (kind: TamperKind, problem: string): Tampering[] => [{ kind, sequence, problem }];
    if (item === undefined) {
      const anchoredThen = `It was anchored (${entry.event}, ${entry.at})`;
      return sequence > newest
        ? tampered('cut', `${anchoredThen}; the record ends before it.`)
        : tampered('dropped', `${anchoredThen}, and was taken out.`);
    }
    if (item.hash === entry.hash)
      return isWhole(item) ? [] : tampered('edited', 'It was changed, and its hash was left as it was.');
    const from = hashes.get(item.hash);
    if (from !== undefined) return tampered('swapped', `In its place is item ${from}.`);
    const other = `Another item is in its place: ${item.event} by ${item.principal}`;
    return tampered('replaced', `${other}; anchored is ${entry.event} by ${entry.principal}.`);
  });
}

const FOREIGN =
  'No item is one that these anchors hold: it is the record of another fleet, or written anew from its beginning.';

const TOLD = {
  INSERT: 'The table told that something was put there that Liftlock did not write.',
  MODIFY: 'The table told that it was replaced.',
  REMOVE: 'The table told that it was removed.',
} as const;

/** Changes that the table's stream reported, even if the item is now again as it was. */
const changesOf = (subject: string, { changes }: AnchorChain): Tampering[] =>
  changes
    .filter((change) => change.subject === subject)
    .map(({ event, sequence }) => ({
      kind: 'changed' as const,
      sequence,
      problem: TOLD[event],
    }));

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
