import { z } from 'zod';
import { HOOK_STEPS, WAVE_STEP } from '../../contracts/hook.ts';
import { labelSelectorSchema } from './label-selector.ts';
import { imageName, matching, objectName, secretArn, textUpTo } from './names.ts';
import { durationMilliseconds, positiveDuration } from './quantities.ts';

/** A step that waits for hooks has to end within the day of its execution. */
const LONGEST_HOURS = 4;

const webhook = z.strictObject({
  webhook: textUpTo(2048).describe(
    'An https URL of a public or allowed host, which is sent the question as JSON by POST.',
  ),
  secret: secretArn,
});
/** The ARN has no version and no alias, because the tag that opens a function belongs to the whole function. */
const lambda = z.strictObject({
  lambda: matching(
    /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]{1,64}$/,
    'is not the ARN of a Lambda function, without a version or an alias',
  ).describe("The ARN of a Lambda function of Liftlock's own account, in any Region, tagged liftlock:hook=allowed."),
});
const stateMachine = z.strictObject({
  stateMachine: matching(
    /^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:stateMachine:[\w.-]{1,80}$/,
    'is not the ARN of a state machine, without a version or an alias',
  ).describe(
    "The ARN of a state machine of Liftlock's own account, in any Region, of the type STANDARD, tagged liftlock:hook=allowed.",
  ),
});
const words = z.array(textUpTo(1024)).max(50, 'has more than 50 words');
const job = z.strictObject({
  job: z
    .strictObject({
      image: imageName.describe('The image of its one container; the Fleet has to list it (hooks.jobs.images).'),
      command: words.optional().describe('In the place of the entry point of the image.'),
      args: words.optional().describe('Arguments of the entry point.'),
    })
    .describe('A Job of Kubernetes, which runs once in the cluster; code 0 is go, another one is stop.'),
});
const RECEIVERS = '{ webhook: URL, secret: ARN }, { lambda: ARN }, { stateMachine: ARN } or { job: { image: IMAGE } }';

export const receiver = z.union(
  [webhook, lambda, stateMachine, job],
  `is nobody who can be asked: it is one of these, with all that stands there: ${RECEIVERS}`,
);

export const hookTimeout = positiveDuration.refine(
  (text) => durationMilliseconds(text) <= LONGEST_HOURS * 3_600_000,
  `is longer than ${LONGEST_HOURS} hours; for people who take longer use approval or a calendar`,
);

/** A receiver that is asked before or after a step, and may delay or forbid what follows (docs/hooks.md). */
export const hookSchema = z
  .strictObject({
    name: objectName.describe('Unique in the policy.'),
    at: z
      .enum(['before', 'after'], 'is neither before nor after')
      .describe(
        'before: asked right before the step makes its first change. after: once a step that has changed something is done. The smoke check, which changes nothing, is always asked about.',
      ),
    step: z
      .enum([...HOOK_STEPS, WAVE_STEP], `is no step with hooks; there are ${HOOK_STEPS.join(', ')}, ${WAVE_STEP}`)
      .describe('Which step, or wave: before one opens, or after one before the next opens or the rollout ends.'),
    ask: receiver.describe(`Who is asked: ${RECEIVERS}.`),
    blocking: z
      .boolean()
      .default(true)
      .describe('false: it is asked once, its answer is recorded, and nothing waits for it.'),
    timeout: hookTimeout
      .default('1h')
      .describe('Without a go within this time from when it was first asked, the step stops.'),
    selector: labelSelectorSchema.optional(),
  })
  .describe('Somebody who is asked before or after a step.');
