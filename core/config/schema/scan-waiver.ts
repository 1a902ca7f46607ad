import { z } from 'zod';
import { REASONS, SOURCES } from '../../contracts/scan-words.ts';
import { documentSchema, matching, someText } from './names.ts';

/** One of the keys of a table. */
export const words = <const Words extends Readonly<Record<string, string>>>(all: Words) =>
  z.enum(Object.keys(all) as [keyof Words & string, ...(keyof Words & string)[]]);
const text = someText(300);
const glob = text.describe('Exact, or with * for any number of any characters.');

const waiverMatchSchema = z
  .strictObject({
    reason: words(REASONS).optional().describe('What kind of problem it is.'),
    source: words(SOURCES).optional().describe('Where the finding comes from.'),
    rule: text.optional().describe('The break rule, such as al2-ami.'),
    apiVersion: text.optional().describe('policy/v1beta1, exactly.'),
    kind: text.optional().describe('PodDisruptionBudget, exactly.'),
    namespace: glob.optional().describe('The namespace; * stands for any text. Findings without one do not match.'),
    name: glob.optional().describe('The name of the object; * stands for any text.'),
    owner: glob.optional().describe('The owner as the finding names it; * stands for any text.'),
    cluster: glob.optional().describe('The cluster; * stands for any text. Findings in files do not match.'),
    id: matching(/^[0-9a-f]{16}$/, 'is not the id of a finding: 16 characters of 0-9 and a-f, as -o json prints them')
      .optional()
      .describe('The id of one finding, as -o json prints it.'),
  })
  .refine((match) => Object.values(match).some((value) => value !== undefined && !/^\**$/.test(value)), {
    error: 'covers every finding. Say at least one thing about the findings that is not just "*"',
    // It also runs where a member is unknown or invalid, as long as the others can be read.
    when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value),
  })
  .describe('Which findings: all that is written must hold.')
  .meta({ minProperties: 1 });

export const scanWaiverSchema = documentSchema(
  'ScanWaiver',
  z
    .strictObject({
      match: waiverMatchSchema,
      reason: matching(/\S/, 'is empty: say why these findings may stay for now')
        .max(1000, 'is longer than 1000 characters')
        .describe('Why these findings may stay for now.'),
      owner: matching(/\S/, 'is empty: name who answers for it')
        .max(200, 'is longer than 200 characters')
        .describe('Who answers for it: a team or a person.'),
      expires: matching(
        /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2}))?$/,
        'is not a date: write 2026-12-31, the last day (UTC), or an instant such as 2026-12-31T18:00:00Z',
      ).describe('The last day that it holds (UTC), or an instant with a zone; at most 400 days ahead.'),
    })
    .describe('What it covers, why, who answers for it, and until when.'),
).describe('Findings of `liftlock scan` that may stay for now.');
