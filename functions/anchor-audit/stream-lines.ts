import { z } from 'zod';
import { type AnchorLine, isOwnItem } from '../../core/anchors/anchor.ts';
import { namedError } from '../../core/contracts/errors.ts';

type Attributes = Readonly<Record<string, Attribute>>;
/** DynamoDB's JSON, as far as the audit uses it: no sets, no bytes. */
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
export const streamBatch = z.object({ Records: z.array(record).min(1) });
export type StreamBatch = z.infer<typeof streamBatch>;

/** `arn:…:table/Name` of `arn:…:table/Name/stream/2026-…`. */
export const tableOf = ({ Records: [first] }: StreamBatch): string =>
  first?.eventSourceARN.replace(/\/stream\/.*$/, '') ?? '';

/** What a batch says of the audit. Fails with `InvalidInput` for a record without the images that its kind has. */
export function linesOf({ Records }: StreamBatch): AnchorLine[] {
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
