import { z } from 'zod';
import { apiVersion } from '../kinds.ts';

export const textUpTo = (most: number) => z.string().max(most, `is longer than ${most} characters`);

/** A text of at most so many characters that is not empty. */
export const someText = (most: number) => z.string().min(1, 'is empty').max(most, `is longer than ${most} characters`);

/** @param otherwise the message for a text that does not match */
export const matching = (pattern: RegExp, otherwise: string) => z.string().regex(pattern, otherwise);

/** @param what the items, in the plural */
export const listOf = <Item extends z.ZodType>(item: Item, most: number, what: string) =>
  z.array(item).max(most, `lists more than ${most} ${what}`);

/** A list that is not empty. @param ifEmpty the message for an empty one */
export const someOf = <Item extends z.ZodType>(item: Item, most: number, what: string, ifEmpty = 'is empty') =>
  z.array(item).min(1, ifEmpty).max(most, `lists more than ${most} ${what}`);

const pattern = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

/** The name of an object or a wave. It is a DNS label, because it becomes part of keys, execution names and metrics. */
export const objectName = textUpTo(63).regex(
  pattern,
  'is not a name: use lower-case letters, digits and "-", beginning and ending with a letter or digit',
);

export const labelKey = z.string().min(1, 'is empty and names no label').max(128, 'is longer than 128 characters');
export const labelValue = textUpTo(256);

/** Label names and values. The limits are those of AWS tags, from which labels come. */
export const labelMap = z.record(labelKey, labelValue);

/** The image of a container, with its registry, tag and digest. */
export const imageName = textUpTo(512).regex(/^[\w][\w.:/@+-]*$/, 'is not the name of an image');

export const secretArn = matching(
  /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,520}$/,
  'is not the ARN of a secret in Secrets Manager',
).describe('The secret that requests are signed with (HMAC-SHA256), by the ARN of Secrets Manager.');

/** https://docs.aws.amazon.com/prometheus/latest/APIReference/API_WorkspaceDescription.html */
export const workspaceArn = matching(
  /^arn:aws[a-z-]*:aps:[a-z0-9-]+:\d{12}:workspace\/[0-9A-Za-z][-.0-9A-Z_a-z]{0,63}$/,
  'is not the ARN of a workspace of Amazon Managed Service for Prometheus',
);

/** As in Kubernetes only the name has a meaning here; labels and annotations are for people and their tools. */
const metadataSchema = z
  .strictObject({
    name: objectName.describe('Unique among the objects of its kind.'),
    labels: labelMap.optional().describe('For your own use.'),
    annotations: z.record(z.string(), z.string()).optional().describe('For your own use.'),
  })
  .describe('Which object this is.');

export const documentSchema = <const Kind extends string, Spec extends z.ZodType>(kind: Kind, spec: Spec) =>
  z.strictObject({ apiVersion: z.literal(apiVersion), kind: z.literal(kind), metadata: metadataSchema, spec });
