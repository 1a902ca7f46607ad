import { z } from 'zod';
import { entry } from '../anchors/anchor.ts';
import type { DeepReadonly } from '../config/types.ts';

/** What an evidence file is about. A period takes in all that the fleet did in it. */
const scope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('upgrade'), clusterKey: z.string(), upgradeId: z.string() }),
  z.strictObject({ kind: z.literal('rollout'), rolloutId: z.string() }),
  z.strictObject({ kind: z.literal('period'), since: z.iso.datetime(), until: z.iso.datetime() }),
]);
export type EvidenceScope = DeepReadonly<z.infer<typeof scope>>;

/**
 * An item of the audit as the file shows it: whole, or without what must not be in it. Then `withheld` is the SHA-256 of the canonical JSON of all
 * other members as they stand here, and `hash` is still that of the whole item, which only an anchor holds besides the table.
 */
const item = entry.extend({ withheld: z.string().optional() });
export type EvidenceItem = DeepReadonly<z.infer<typeof item>>;

/** A part of one subject's record, without gaps, oldest first. */
const record = z.strictObject({ subject: z.string(), items: z.array(item).min(1) });

/** An anchor that holds items of the file: the digest of its text, and per subject the newest of them. */
const anchorProof = z.strictObject({
  number: z.int().positive(),
  at: z.iso.datetime(),
  sha256: z.string(),
  heads: z.record(z.string(), z.strictObject({ sequence: z.int().positive(), hash: z.string() })),
});
export type AnchorProof = DeepReadonly<z.infer<typeof anchorProof>>;

/** A change of what an evidence file says, or of how it is read, is another number. */
export const EVIDENCE_FORMAT = 2;

/** The machine-readable part of an evidence file. */
export const evidenceDocument = z.strictObject({
  evidence: z.literal(EVIDENCE_FORMAT),
  scope,
  /** The version of Liftlock that made the file and its page. */
  madeWith: z.string(),
  /** RFC 3339 UTC, by the clock of the API: what is younger is not in it. */
  madeAt: z.iso.datetime(),
  redacted: z.enum(['people']).nullable(),
  /** ARN of the audit table, as its anchors tell; null where none were at hand. */
  of: z.string().nullable(),
  anchors: z.array(anchorProof),
  records: z.array(record),
});
export type EvidenceDocument = DeepReadonly<z.infer<typeof evidenceDocument>>;
