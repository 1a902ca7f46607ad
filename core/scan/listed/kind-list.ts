import { z } from 'zod';
import { documentSchema, matching, textUpTo } from '../../config/schema/names.ts';
import type { DeepReadonly } from '../../config/types.ts';

const MINOR = /^[1-9]\d{0,2}\.(?:0|[1-9]\d{0,3})$/;
const minor = matching(MINOR, 'is not a minor: write it in quotes, such as "1.36"');
const word = (what: string) => textUpTo(253).regex(/^\S+$/, `is not ${what}`);

const listedKindSchema = z
  .strictObject({
    group: textUpTo(253)
      .regex(/^[^\s/]*$/, 'is not an API group: write what stands before the "/", or "" for the core group')
      .describe('example.com; "" is the core group.'),
    version: word('a version').describe('v1alpha1.'),
    kind: word('a kind').describe('Widget, or * for every kind of the version.'),
    deprecatedIn: minor.optional().describe('The first Kubernetes minor at which it is a warning.'),
    removedIn: minor.optional().describe('The first Kubernetes minor at which it is an error.'),
    replacement: matching(/^\S+ \S+$/, 'is not an apiVersion and a kind: write "example.com/v1 Widget"')
      .optional()
      .describe('What to write instead: example.com/v1 Widget.'),
    note: textUpTo(1000).optional().describe('What else to know, one sentence.'),
  })
  .refine(({ deprecatedIn, removedIn }) => deprecatedIn !== undefined || removedIn !== undefined, {
    error: 'gives nothing up: say deprecatedIn, removedIn, or both',
    when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value),
  });

/** A user's own list of deprecated kinds, which the release notes of Kubernetes do not mention. */
export const kindListSchema = documentSchema(
  'KindList',
  z
    .strictObject({
      kinds: z
        .array(listedKindSchema)
        .min(1, 'is empty: list a kind')
        .max(10_000, 'has more than 10000 kinds')
        .describe('Each kind at one version.'),
    })
    .describe('The kinds.'),
).describe('Kinds of your own that `liftlock scan --list` looks for.');

export type KindList = DeepReadonly<z.output<typeof kindListSchema>>;
export type ListedKind = KindList['spec']['kinds'][number];
