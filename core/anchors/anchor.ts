import { z } from 'zod';
import type { DeepReadonly } from '../config/types.ts';
import { namedError } from '../contracts/errors.ts';
import { canonicalJson } from '../hash/canonical-json.ts';
import type { AuditHead, AuditItem } from '../ports/table.ts';
import { isIntact } from '../store/audit.ts';

const header = z.strictObject({
  anchor: z.literal(1),
  /** ARN of the audit table. */
  of: z.string(),
  /** 1, 2, 3, … without gaps: a chain of its own. */
  number: z.int().positive(),
  /** SHA-256 of the text of the anchor before; empty for the first. */
  previous: z.string(),
  /** RFC 3339 UTC: when it was written. */
  at: z.iso.datetime(),
  /** The newest item of each subject that this anchor is about. */
  heads: z.record(z.string(), z.strictObject({ sequence: z.int().positive(), hash: z.string() })),
});
type AnchorHeader = DeepReadonly<z.infer<typeof header>>;

/**
 * Nothing may change or remove an item of the audit, and none expires: that there is such a record is the alarm. `INSERT`: something was put that
 * is no item of Liftlock's.
 */
const changed = z.strictObject({
  event: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  subject: z.string(),
  // What somebody else puts need not be a whole number.
  sequence: z.number(),
  /** Hashes that the item had and has; empty for one that is gone. */
  before: z.string(),
  after: z.string(),
});
export type ChangedEntry = DeepReadonly<z.infer<typeof changed>>;

/** What an anchor says of the audit table: an item that was put, or that one which was there is another now, or gone. */
export type AnchorLine = { readonly entry: AuditItem } | { readonly changed: ChangedEntry };

export interface Anchor {
  readonly header: AnchorHeader;
  readonly lines: readonly AnchorLine[];
}

const entry = z.strictObject({
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

/** Whether something that is in the audit table has an item's members and its own hash. */
export const isOwnItem = (value: unknown): value is AuditItem =>
  entry.safeParse(value).success && isIntact(value as AuditItem);

/** One JSON text a line: the header, then what happened, in its order. The same anchor gives the same bytes. */
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

/** Fails with `UnreadableItem` for what is no anchor. */
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

/** Counted down, since S3 lists names upwards and the newest is asked for with every batch. */
export const anchorName = (number: number): string =>
  `${ANCHOR_FOLDER}${String(MOST - number).padStart(12, '0')}.jsonl`;
export const ANCHOR_FOLDER = 'audit/';

/** Undefined for a name that no anchor has. */
export function anchorNumber(name: string): number | undefined {
  const digits = /^audit\/(\d{12})\.jsonl$/.exec(name)?.[1];
  return digits === undefined ? undefined : MOST - Number(digits);
}
