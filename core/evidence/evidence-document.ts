import { z } from 'zod';
import { entry } from '../anchors/anchor.ts';
import type { DeepReadonly } from '../config/types.ts';

/** The scope of an evidence file. A period includes all activity of the fleet in it. */
const scope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('upgrade'), clusterKey: z.string(), upgradeId: z.string() }),
  z.strictObject({ kind: z.literal('rollout'), rolloutId: z.string() }),
  z.strictObject({ kind: z.literal('period'), since: z.iso.datetime(), until: z.iso.datetime() }),
]);
export type EvidenceScope = DeepReadonly<z.infer<typeof scope>>;

/**
 * An item of the audit as the file shows it: complete, or without withheld parts. Then `withheld` is the SHA-256 of the canonical JSON of all other
 * members as they are here, and `hash` is still that of the complete item, which only an anchor has beside the table.
 */
const item = entry.extend({ withheld: z.string().optional() });
export type EvidenceItem = DeepReadonly<z.infer<typeof item>>;

/** A part of one subject's record, without gaps, oldest first. */
const record = z.strictObject({ subject: z.string(), items: z.array(item).min(1) });

/** An anchor that holds items of the file: the digest of its text, and the newest of these items by subject. */
const anchorProof = z.strictObject({
  number: z.int().positive(),
  at: z.iso.datetime(),
  sha256: z.string(),
  heads: z.record(z.string(), z.strictObject({ sequence: z.int().positive(), hash: z.string() })),
});
export type AnchorProof = DeepReadonly<z.infer<typeof anchorProof>>;

/** A change of the contents of an evidence file, or of how it is read, gets another number. */
export const EVIDENCE_FORMAT = 2;

/** The machine-readable part of an evidence file. */
export const evidenceDocument = z.strictObject({
  evidence: z.literal(EVIDENCE_FORMAT),
  scope,
  /** The version of Liftlock that made the file and its page. */
  madeWith: z.string(),
  /** RFC 3339 UTC, by the clock of the API. Younger items are not in the file. */
  madeAt: z.iso.datetime(),
  redacted: z.enum(['people']).nullable(),
  /** ARN of the audit table according to its anchors; null where no anchors were given. */
  of: z.string().nullable(),
  anchors: z.array(anchorProof),
  records: z.array(record),
});
export type EvidenceDocument = DeepReadonly<z.infer<typeof evidenceDocument>>;
