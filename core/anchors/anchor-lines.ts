import { namedError } from '../contracts/errors.ts';
import { canonicalJson } from '../hash/canonical-json.ts';
import { sha256Hex } from '../hash/sha256.ts';
import type { AnchorStore } from '../ports/anchors.ts';
import type { Clock } from '../ports/outside.ts';
import { type AnchorLine, readAnchor, writeAnchor } from './anchor.ts';

export interface AnchorPorts {
  readonly anchors: AnchorStore;
  readonly clock: Clock;
}

/** Shards of a stream are handed over side by side; each may have to give way to all the others. */
const TRIES = 20;

/**
 * Puts lines about the audit table `of` into the next anchor, and gives how many were not in the newest one already: a batch that comes again,
 * because its function died after the put, is found there, and what it holds beyond that goes into an anchor of its own. Two that want one
 * number do not both get it. Fails with `AnchorRefused` when the newest anchor is about another table or is none: an anchor that followed it
 * would prove nothing.
 */
export async function anchorLines(
  { anchors, clock }: AnchorPorts,
  of: string,
  lines: readonly AnchorLine[],
): Promise<number> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const number = await anchors.newest();
    const before = number === 0 ? undefined : await anchors.read(number);
    const known = before === undefined ? new Set() : new Set(linesOf(before, number, of));
    const fresh = lines.filter((line) => !known.has(canonicalJson(line)));
    if (fresh.length === 0) return 0;
    const previous = before === undefined ? '' : sha256Hex(before);
    const text = writeAnchor({ of, number: number + 1, previous, at: clock.now().toISOString() }, fresh);
    if (await anchors.put(number + 1, text)) return fresh.length;
    // Taken: by another batch, or by this very one, whose answer was lost on the way.
    if ((await anchors.read(number + 1)) === text) return fresh.length;
  }
  throw namedError('TransactionConflict', `Others took the next anchor ${TRIES} times. The batch is tried again.`);
}

function linesOf(text: string, number: number, of: string): string[] {
  const { header, lines } = readAnchor(text);
  if (header.of === of && header.number === number) return lines.map((line) => canonicalJson(line));
  const found = `anchor ${header.number} of ${header.of}`;
  throw namedError('AnchorRefused', `The newest anchor is ${found} and not anchor ${number} of ${of}.`);
}
