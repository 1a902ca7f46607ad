import { z } from 'zod';
import { type AnchorLine, type AnchorPorts, anchorLines, isOwnItem } from '../../core/anchors/anchor.ts';
import { sweepAudit } from '../../core/anchors/sweep-audit.ts';
import { namedError } from '../../core/contracts/errors.ts';
import type { Table } from '../../core/ports/table.ts';
import { type FunctionDefinition, parseOrRefuse } from '../runtime/function-definition.ts';

type Ports = AnchorPorts & { readonly table: Table };

/** The input of the daily schedule: the ARN of the audit table. */
const sweep = z.strictObject({ sweep: z.string().regex(/^arn:.*:table\/[^/]+$/, 'is not the ARN of a table') });

/** The counts of a batch or a sweep. */
interface Anchored {
  readonly anchored: number;
  /** Items that were changed or removed. Nobody may do either, so each of them raises an alarm. */
  readonly tampered: number;
  /** Items that the stream never delivered; a sweep alone counts them. */
  readonly late?: number;
}

export const definition: FunctionDefinition<Ports, StreamBatch | z.infer<typeof sweep>, Anchored> = {
  name: 'anchor-audit',
  parse: (event) => parseOrRefuse(z.union([streamBatch, sweep]), event, 'The batch'),
  async run(ports, input, log) {
    if ('sweep' in input) {
      const { late, differing } = await sweepAudit(ports, input.sweep);
      for (const item of differing) log('An item of the audit is not what was anchored.', { item });
      return { anchored: late, tampered: differing.length, late };
    }
    const lines = linesOf(input);
    const anchored = await anchorLines(ports, tableOf(input), lines);
    const changes = lines.flatMap((line) => ('changed' in line ? [line.changed] : []));
    for (const { event, subject, sequence } of changes)
      log('An item of the audit was changed.', { event, item: `${subject}#${sequence}` });
    return { anchored, tampered: changes.length };
  },
  counts: ({ anchored, tampered, late }) => ({
    AuditAnchored: anchored,
    AuditTampered: tampered,
    ...(late === undefined ? {} : { Runs: 1, AuditAnchoredLate: late }),
  }),
};

type Attributes = Readonly<Record<string, Attribute>>;
/** The types of DynamoDB's JSON that the audit uses; it has no sets and no binary values. */
type Attribute =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly L: readonly Attribute[] }
  | { readonly M: Attributes };

const attributes = z.record(z.string(), z.unknown()) as unknown as z.ZodType<Attributes>;
const record = z.looseObject({
  eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  eventSourceARN: z.string().regex(/^arn:.*:table\/[^/]+\/stream\//, 'is not the ARN of a stream'),
  dynamodb: z.looseObject({ NewImage: attributes.optional(), OldImage: attributes.optional() }),
});
/** A batch of the audit table's stream: records of one table, in their order. */
const streamBatch = z.object({ Records: z.array(record).min(1) });
type StreamBatch = z.infer<typeof streamBatch>;

/** `arn:…:table/Name` of `arn:…:table/Name/stream/2026-…`. */
const tableOf = ({ Records: [first] }: StreamBatch): string => first?.eventSourceARN.replace(/\/stream\/.*$/, '') ?? '';

/** The lines to anchor. Fails with `InvalidInput` for a record without the images that its kind has. */
function linesOf({ Records }: StreamBatch): AnchorLine[] {
  return Records.map(({ eventName: event, dynamodb: { NewImage, OldImage } }): AnchorLine => {
    const now = NewImage && membersOf(NewImage);
    const before = OldImage && membersOf(OldImage);
    if (event === 'INSERT' && isOwnItem(now)) return { entry: now };
    const item = before ?? now;
    if (item === undefined)
      throw namedError('InvalidInput', `A record ${event} has no image; the stream must be NEW_AND_OLD_IMAGES.`);
    const hashOf = (image: Record<string, unknown> = {}): string => (typeof image.hash === 'string' ? image.hash : '');
    const place = { subject: String(item.subject), sequence: Number(item.sequence) };
    return { changed: { event, ...place, before: hashOf(before), after: hashOf(now) } };
  });
}

const membersOf = (image: Attributes): Record<string, unknown> =>
  Object.fromEntries(Object.entries(image).map(([name, value]) => [name, plain(value)]));

function plain(value: Attribute): unknown {
  if ('S' in value) return value.S;
  if ('N' in value) return Number(value.N);
  if ('BOOL' in value) return value.BOOL;
  if ('L' in value) return value.L.map(plain);
  return 'M' in value ? membersOf(value.M) : null;
}
