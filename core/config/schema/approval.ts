import { z } from 'zod';
import { celExpression } from './label-selector.ts';
import { maxCount, positiveDuration } from './quantities.ts';

const principalPattern = z
  .string()
  .regex(
    /^(?:(?:arn:[a-z*-]+:iam::(?:\d{12}|\*):(?:role|user)|(?:sso|role|user):(?:\d{12}|\*))\/[\w+=,.@*-]+|[\w+=,.@*-]+)$/,
    'is not a pattern of principals: write role:111111111111/Approver*, sso:111111111111/ana@example.com, the ARN of an IAM role without path and session, or the name of an Identity Center user, with * for any text',
  )
  .describe(
    'A principal as the audit names it (role:ACCOUNT/NAME, sso:ACCOUNT/NAME, user:ACCOUNT/NAME), a role ARN without path, or the name of an Identity Center user; * stands for any text, and case does not count.',
  );

/** A list that names somebody; `ifEmpty`: what an empty one would mean. */
export const principalPatterns = (ifEmpty: string) =>
  z.array(principalPattern).min(1, `is empty: ${ifEmpty}`).max(100, 'lists more than 100 patterns');

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
