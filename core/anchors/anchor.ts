import { z } from 'zod';
import type { DeepReadonly } from '../config/types.ts';
import { namedError } from '../contracts/errors.ts';
import { canonicalJson, sha256Hex } from '../hash/canonical-json.ts';
import type { AnchorStore } from '../ports/anchors.ts';
import type { Clock } from '../ports/outside.ts';
import type { AuditHead, AuditItem } from '../ports/table.ts';
import { isIntact } from '../store/audit.ts';

const header = z.strictObject({
  anchor: z.literal(1),
  /** ARN of the audit table. */
  of: z.string(),
  /** 1, 2, 3, … without gaps, so that anchors form a chain. */
  number: z.int().positive(),
  /** SHA-256 of the text of the previous anchor; empty for the first one. */
  previous: z.string(),
  /** RFC 3339 UTC: when it was written. */
  at: z.iso.datetime(),
  /** The newest item of each subject in this anchor. */
  heads: z.record(z.string(), z.strictObject({ sequence: z.int().positive(), hash: z.string() })),
});
type AnchorHeader = DeepReadonly<z.infer<typeof header>>;

/**
 * Nothing may change or remove an item of the audit, and none expires, so such a record is an alarm. `INSERT`: the new item is none of Liftlock's.
 */
const changed = z.strictObject({
  event: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  subject: z.string(),
  // An item that somebody else has put may have another number here.
  sequence: z.number(),
  /** Hashes of the item before and after; empty where there is none. */
  before: z.string(),
  after: z.string(),
});
export type ChangedEntry = DeepReadonly<z.infer<typeof changed>>;

/** A statement of an anchor about the audit table: an item that was put, or an existing item that was changed or removed. */
export type AnchorLine = { readonly entry: AuditItem } | { readonly changed: ChangedEntry };

export interface Anchor {
  readonly header: AnchorHeader;
  readonly lines: readonly AnchorLine[];
}

/** An item of the audit, as it is written outside of the table. */
export const entry = z.strictObject({
  subject: z.string(),
  sequence: z.int().positive(),
  event: z.string(),
  principal: z.string(),
  at: z.string(),
  detail: z.record(z.string(), z.unknown()),
  previousHash: z.string(),
  hash: z.string(),
});
const line = z.union([z.strictObject({ entry }), z.strictObject({ changed })]);

/** Whether a value of the audit table has the members of an item and the right hash. */
export const isOwnItem = (value: unknown): value is AuditItem =>
  entry.safeParse(value).success && isIntact(value as AuditItem);

/** Writes one JSON text per line: the header, then the lines in their order. The same anchor gives the same bytes. */
export function writeAnchor(place: Omit<AnchorHeader, 'anchor' | 'heads'>, lines: readonly AnchorLine[]): string {
  const heads: Record<string, AuditHead> = {};
  for (const one of lines) {
    if (!('entry' in one)) continue;
    const { subject, sequence, hash } = one.entry;
    if ((heads[subject]?.sequence ?? 0) < sequence) heads[subject] = { sequence, hash };
  }
  const texts = [{ anchor: 1, ...place, heads }, ...lines].map((one) => canonicalJson(one));
  return `${texts.join('\n')}\n`;
}

/** Fails with `UnreadableItem` for a text that is no anchor. */
export function readAnchor(text: string): Anchor {
  try {
    const [first = '', ...rest] = text.trimEnd().split('\n');
    return {
      header: header.parse(JSON.parse(first)),
      lines: rest.map((one) => line.parse(JSON.parse(one)) as AnchorLine),
    };
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw namedError('UnreadableItem', `This is no anchor of the audit: ${why}`);
  }
}

const MOST = 999_999_999_999;

/** Numbers are counted down, because S3 lists names in ascending order and every batch asks for the newest anchor. */
export const anchorName = (number: number): string =>
  `${ANCHOR_FOLDER}${String(MOST - number).padStart(12, '0')}.jsonl`;
export const ANCHOR_FOLDER = 'audit/';

/** Undefined for a name that is no anchor's. */
export function anchorNumber(name: string): number | undefined {
  const digits = /^audit\/(\d{12})\.jsonl$/.exec(name)?.[1];
  return digits === undefined ? undefined : MOST - Number(digits);
}

export interface AnchorPorts {
  readonly anchors: AnchorStore;
  readonly clock: Clock;
}

/** Shards of a stream arrive side by side, and each may have to wait for all others. */
const TRIES = 20;

/**
 * The anchor that was last put from here. The next one need not ask which is the newest and what it holds: if another anchor has come since, the
 * number is taken, and then everything is read. The store is still asked now and then, since the anchor may have been put elsewhere.
 */
const lastPut = new WeakMap<AnchorStore, { readonly number: number; readonly text: string; readonly at: number }>();
const KNOWN_MILLISECONDS = 15 * 60_000;

/** The known anchor is used once, so that the store is asked after a put that failed. */
async function newestOf({ anchors, clock }: AnchorPorts): Promise<{ number: number; before: string | undefined }> {
  const last = lastPut.get(anchors);
  lastPut.delete(anchors);
  if (last !== undefined && clock.now().getTime() - last.at <= KNOWN_MILLISECONDS)
    return { number: last.number, before: last.text };
  const number = await anchors.newest();
  return { number, before: number === 0 ? undefined : await anchors.read(number) };
}

/**
 * Puts lines about the audit table `of` into the next anchor, and returns how many the newest one did not have already. A batch that comes again,
 * because its function died after the put, is found there, and its other lines go into an anchor of their own. Two writers never get the same number.
 * Fails with `AnchorRefused` when the newest anchor is about another table or is no anchor: one that followed it would prove nothing.
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
    // The number was taken by another batch, or by this one, whose answer was lost.
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
