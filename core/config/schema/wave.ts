import { z } from 'zod';
import { celExpression, labelSelectorSchema } from './label-selector.ts';
import { listOf, matching, objectName, secretArn, someOf, textUpTo } from './names.ts';
import { concurrency, durationMilliseconds, failures, maxCount, positiveDuration } from './quantities.ts';

const principalPattern = matching(
  /^(?:(?:arn:[a-z*-]+:iam::(?:\d{12}|\*):(?:role|user)|(?:sso|role|user):(?:\d{12}|\*))\/[\w+=,.@*-]+|[\w+=,.@*-]+)$/,
  'is not a pattern of principals: write role:111111111111/Approver*, sso:111111111111/ana@example.com, the ARN of an IAM role without path and session, or the name of an Identity Center user, with * for any text',
).describe(
  'A principal as the audit names it (role:ACCOUNT/NAME, sso:ACCOUNT/NAME, user:ACCOUNT/NAME), a role ARN without path, or the name of an Identity Center user; * stands for any text, and case does not count.',
);

/** A list of patterns that is not empty. `ifEmpty` says what an empty list would mean. */
export const principalPatterns = (ifEmpty: string) => someOf(principalPattern, 100, 'patterns', `is empty: ${ifEmpty}`);

export const approvalSchema = z
  .strictObject({
    before: z.boolean().default(true).describe('Whether the wave waits for approval before its first cluster.'),
    approvals: z
      .int()
      .min(1, 'must be at least 1: leave approval out where nobody has to agree')
      .max(maxCount)
      .default(1)
      .describe('How many different people have to agree.'),
    fourEyes: z
      .boolean()
      .default(false)
      .describe('Whether who applied the policy or its Channel, or created the rollout, may not be among them.'),
    from: principalPatterns('nobody could approve. Leave it out to let every approver')
      .optional()
      .describe('Who may approve, beside having the right to call the API; absent = everybody who has it.'),
    expiresAfter: positiveDuration
      .optional()
      .describe('An approval counts for so long; it must hold when the first cluster of the wave starts.'),
    autoApproveWhen: celExpression
      .optional()
      .describe('A CEL expression over the evidence of the earlier waves; true counts as one approval, by liftlock.'),
  })
  .describe('Who must agree before the wave begins.');

const DAY_MILLISECONDS = 86_400_000;

export const alarmName = textUpTo(400)
  .regex(
    /^(?:arn:aws[a-z-]*:cloudwatch:[a-z0-9-]+:\d{12}:alarm:[^\p{C}]{1,255}|(?!arn:)[^\p{C}]{1,255})$/u,
    'is neither the name of a CloudWatch alarm nor its ARN (arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME)',
  )
  .describe(
    'A CloudWatch alarm, metric or composite: the name of one beside Liftlock, or an ARN. OK is green, everything else is not.',
  );
const alarm = z.strictObject({ alarm: alarmName });

const webhook = z.strictObject({
  webhook: textUpTo(2048).describe(
    'An https URL of a public or allowed host that answers {"green": true} while all is well.',
  ),
  secret: secretArn.optional(),
});

/** A gate that must be green for a wave to end its soak. */
const gateSchema = z
  .union([alarm, webhook], 'is no gate: it is { alarm: ARN } or { webhook: URL, secret: ARN }')
  .describe('{ alarm: ARN } or { webhook: URL, secret: ARN }.');

export const clusterName = matching(/^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/, 'is not the name of an EKS cluster').describe(
  'The name of an EKS cluster.',
);

const CLUSTER =
  /^(arn:aws[a-z-]*:eks:[a-z0-9-]+:\d{12}:cluster\/|\d{12}\.[a-z0-9-]{1,40}\.)?[0-9A-Za-z][0-9A-Za-z_-]{0,99}$/;

export const waveSchema = z
  .strictObject({
    name: objectName.describe('Unique in the policy.'),
    selector: labelSelectorSchema.optional(),
    clusters: someOf(
      matching(CLUSTER, 'names no EKS cluster: it is a name, account.region.name, or an ARN'),
      10_000,
      'clusters',
      'is empty: name clusters, or leave it out to take all that are left',
    )
      .optional()
      .describe(
        'The clusters of this wave, instead of a selector: by name, or where the policy selects several of one name by account.region.name or ARN.',
      ),
    maxConcurrency: concurrency
      .default(1)
      .describe("Clusters at once: a number, or a share of the wave's clusters (rounded down, at least 1)."),
    failureBudget: z
      .strictObject({
        maxFailures: failures
          .default(0)
          .describe(
            "More failures than this halt the rollout: a number, or a share of the wave's clusters (rounded down).",
          ),
        minJudged: z
          .int()
          .min(0, 'must be at least 0')
          .max(maxCount)
          .default(1)
          .describe('So many clusters must have succeeded or failed before the wave passes; all of a smaller wave.'),
        countInFlight: z
          .boolean()
          .default(false)
          .describe('Whether clusters that are being changed count as failures that may still come.'),
      })
      .default({ maxFailures: 0, minJudged: 1, countInFlight: false })
      .describe('How much may fail.'),
    canaries: z
      .int()
      .min(1, 'must be at least 1: leave it out where no cluster goes first')
      .max(maxCount)
      .optional()
      .describe('Clusters of the wave go one after the other until so many have succeeded.'),
    mayOverrun: z
      .boolean()
      .default(false)
      .describe('Whether an upgrade may start that cannot end before its window closes.'),
    rollNodes: z
      .enum(['everyHop', 'whenSkewRequires'])
      .default('everyHop')
      .describe(
        'everyHop: nodes follow each minor. whenSkewRequires: over several minors, only as often as they must.',
      ),
    bake: positiveDuration
      .optional()
      .describe(
        'Between control plane and nodes: so long a cluster runs with its nodes behind, and can be rolled back.',
      ),
    watch: positiveDuration
      .optional()
      .describe(
        'After all of a cluster has moved and is no worse than before: so long it goes on being watched, and is then compared with before once more. Only then has it succeeded.',
      ),
    soak: positiveDuration
      .optional()
      .describe('So long after its last success the wave is watched, gates green throughout, before the next begins.'),
    onUndecided: z
      .enum(['hold', 'pass'])
      .default('hold')
      .describe('What happens when fewer than minJudged were judged: hold waits for an approver (rollout promote).'),
    approval: approvalSchema.optional(),
    requireReady: positiveDuration
      .refine(
        (text) => durationMilliseconds(text) <= DAY_MILLISECONDS,
        'is longer than 24h: a look that is older says nothing any more',
      )
      .optional()
      .describe(
        'The wave opens once each of its clusters is ready to go all the way (liftlock readiness) by a look no older than this, such as 24h. Absent = the gate before each hop is enough.',
      ),
    calendar: z
      .union(
        [objectName, z.array(objectName).min(1, 'is empty: leave it out where it is always open').max(20)],
        'is not the name of a Calendar, nor a list of them',
      )
      .optional()
      .describe('The Calendar whose windows and freezes hold here; of several all must be open. Absent = always open.'),
    gates: listOf(gateSchema, 20, 'gates')
      .default([])
      .describe('What must be green while the wave soaks, and right before the next one begins.'),
  })
  .describe(
    'One step of the rollout. A cluster belongs to the first wave that matches it; without selector and clusters: all that are left.',
  );
