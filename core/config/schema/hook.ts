import { z } from 'zod';
import { HOOK_STEPS } from '../../contracts/hook.ts';
import { labelSelectorSchema } from './label-selector.ts';
import { objectName, secretArn } from './names.ts';
import { durationMilliseconds, positiveDuration } from './quantities.ts';

/** A step that waits for hooks has to end within the day that its execution has. */
const LONGEST_HOURS = 4;

/** Who is asked before or after a step, and may delay or forbid what follows (docs/hooks.md). */
export const hookSchema = z
  .strictObject({
    name: objectName.describe('Unique in the policy.'),
    at: z
      .enum(['before', 'after'], 'is neither before nor after')
      .describe(
        'before: asked right before the step makes its first change. after: once a step that has changed something is done. The smoke check, which changes nothing, is always asked about.',
      ),
    step: z.enum(HOOK_STEPS, `is no step with hooks; there are ${HOOK_STEPS.join(', ')}`).describe('Which step.'),
    ask: z
      .strictObject({
        webhook: z
          .string()
          .max(2048, 'is longer than 2048 characters')
          .describe('An https URL of a public or allowed host, which is sent the question as JSON by POST.'),
        secret: secretArn,
      })
      .describe('Who is asked: { webhook: URL, secret: ARN }.'),
    blocking: z
      .boolean()
      .default(true)
      .describe('false: it is asked once, its answer is recorded, and nothing waits for it.'),
    timeout: positiveDuration
      .refine(
        (text) => durationMilliseconds(text) <= LONGEST_HOURS * 3_600_000,
        `is longer than ${LONGEST_HOURS} hours; for people who take longer use approval or a calendar`,
      )
      .default('1h')
      .describe('Without a go within this time from when it was first asked, the step stops.'),
    selector: labelSelectorSchema.optional(),
  })
  .describe('Somebody who is asked before or after a step.');
