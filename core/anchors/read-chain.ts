import { errorMessage } from '../contracts/errors.ts';
import { sha256Hex } from '../hash/canonical-json.ts';
import type { AnchorFile } from '../ports/anchors.ts';
import type { AuditItem } from '../ports/table.ts';
import { isIntact } from '../store/audit.ts';
import { type Anchor, anchorNumber, type ChangedEntry, readAnchor } from './anchor.ts';

/** The contents of all anchors together, and the problems of the anchors themselves. */
export interface AnchorChain {
  /** ARN of their table; empty when there is no anchor. */
  readonly of: string;
  /** Numbers of the first and the newest anchor; 0 when there is none. Anchors before the first are no gap: locks end, and then they may be deleted by hand. */
  readonly first: number;
  readonly newest: number;
  /** When the newest one was written, RFC 3339; absent when there is none. */
  readonly newestAt?: string;
  /** By subject and sequence, as it was first anchored. */
  readonly entries: ReadonlyMap<string, ReadonlyMap<number, AuditItem>>;
  readonly changes: readonly ChangedEntry[];
  /** One sentence each: an anchor that is missing, altered, put twice, or of another fleet. */
  readonly problems: readonly string[];
}

/** Reads anchors in any order. The oldest one determines their table. */
export function readChain(files: readonly AnchorFile[]): AnchorChain {
  const problems: string[] = [];
  const entries = new Map<string, Map<number, AuditItem>>();
  const changes: ChangedEntry[] = [];
  const anchors = files.flatMap((file) => anchorOf(file, problems)).sort((a, b) => a.number - b.number);
  const [oldest] = anchors;
  const of = oldest?.header.of ?? '';
  let before: (typeof anchors)[number] | undefined;
  for (const anchor of anchors) {
    const { number, header } = anchor;
    if (header.of !== of)
      problems.push(`Anchor ${number} is another fleet's: it is about ${header.of}, and not about ${of}.`);
    else if (before !== undefined && number !== before.number + 1)
      problems.push(`Anchors ${before.number + 1} to ${number - 1} are missing.`);
    else if (before !== undefined && header.previous !== sha256Hex(before.text))
      problems.push(`Anchor ${number} does not follow anchor ${before.number} as it is here.`);
    before = anchor;
    if (header.of === of) take(anchor, entries, changes, problems);
  }
  const newestAt = anchors.at(-1)?.header.at;
  return {
    of,
    first: oldest?.number ?? 0,
    newest: anchors.at(-1)?.number ?? 0,
    ...(newestAt === undefined ? {} : { newestAt }),
    entries,
    changes,
    problems,
  };
}

/** Every subject in the anchors, including those with reported changes only: items of others, or older than the oldest anchor. */
export const anchoredSubjects = ({ entries, changes }: AnchorChain): string[] => [
  ...entries.keys(),
  ...changes.map(({ subject }) => subject),
];

type NumberedAnchor = Anchor & { readonly number: number; readonly text: string };

function anchorOf({ name, text, problem }: AnchorFile, problems: string[]): NumberedAnchor[] {
  if (problem !== undefined) problems.push(`${name}: ${problem}`);
  const number = anchorNumber(name);
  try {
    const anchor = readAnchor(text);
    if (anchor.header.number === number) return [{ ...anchor, number, text }];
    problems.push(`${name} holds anchor ${anchor.header.number}: it was put under another's name.`);
  } catch (error) {
    problems.push(`${name} cannot be read. ${errorMessage(error)}`);
  }
  return [];
}

function take(
  { number, lines }: NumberedAnchor,
  entries: Map<string, Map<number, AuditItem>>,
  changes: ChangedEntry[],
  problems: string[],
): void {
  for (const line of lines) {
    if ('changed' in line) {
      changes.push(line.changed);
      continue;
    }
    const { entry } = line;
    const { subject, sequence, hash } = entry;
    if (!isIntact(entry))
      problems.push(`Anchor ${number} holds item ${sequence} of ${subject} with a hash that is not its own.`);
    const known = entries.get(subject) ?? new Map<number, AuditItem>();
    const first = known.get(sequence);
    // A batch that came twice has the same items twice.
    if (first !== undefined && first.hash !== hash)
      changes.push({ event: 'MODIFY', subject, sequence, before: first.hash, after: hash });
    if (first === undefined) known.set(sequence, entry);
    entries.set(subject, known);
  }
}
