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
 * The anchor that was put last from here. Whoever wants to follow it need not ask which is the newest and what it says: where another one has
 * come since, its number is taken, and then everything is read. It is asked for now and then all the same, since it might have come from elsewhere.
 */
const lastPut = new WeakMap<AnchorStore, { readonly number: number; readonly text: string; readonly at: number }>();
const KNOWN_MILLISECONDS = 15 * 60_000;

/** Used once: whoever comes after a put that failed asks the store. */
async function newestOf({ anchors, clock }: AnchorPorts): Promise<{ number: number; before: string | undefined }> {
  const last = lastPut.get(anchors);
  lastPut.delete(anchors);
  if (last !== undefined && clock.now().getTime() - last.at <= KNOWN_MILLISECONDS)
    return { number: last.number, before: last.text };
  const number = await anchors.newest();
  return { number, before: number === 0 ? undefined : await anchors.read(number) };
}

/**
 * Puts lines about the audit table `of` into the next anchor, and gives how many were not in the newest one already: a batch that comes again,
 * because its function died after the put, is found there, and what it holds beyond that goes into an anchor of its own. Two that want one
 * number do not both get it. Fails with `AnchorRefused` when the newest anchor is about another table or is none: an anchor that followed it
 * would prove nothing.
 */
export async function anchorLines(ports: AnchorPorts, of: string, lines: readonly AnchorLine[]): Promise<number> {
  const { anchors, clock } = ports;
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const { number, before } = await newestOf(ports);
    const known = before === undefined ? new Set() : new Set(linesOf(before, number, of));
    const fresh = lines.filter((line) => !known.has(canonicalJson(line)));
    if (fresh.length === 0) return 0;
    const previous = before === undefined ? '' : sha256Hex(before);
    const now = clock.now();
    const text = writeAnchor({ of, number: number + 1, previous, at: now.toISOString() }, fresh);
    if (await anchors.put(number + 1, text)) {
      lastPut.set(anchors, { number: number + 1, text, at: now.getTime() });
      return fresh.length;
    }
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
