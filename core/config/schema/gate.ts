import { z } from 'zod';

const alarm = z.strictObject({
  alarm: z
    .string()
    .max(400, 'is longer than 400 characters')
    .regex(
      /^(?:arn:aws[a-z-]*:cloudwatch:[a-z0-9-]+:\d{12}:alarm:.+|(?!arn:)[^\p{C}]+)$/u,
      'is neither the name of a CloudWatch alarm nor its ARN (arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME)',
    )
    .describe(
      'A CloudWatch alarm, metric or composite: the name of one beside Liftlock, or an ARN. OK is green, everything else is not.',
    ),
});

const webhook = z.strictObject({
  webhook: z
    .string()
    .max(2048, 'is longer than 2048 characters')
    .describe('An https URL of a public or allowed host that answers {"green": true} while all is well.'),
  secret: z
    .string()
    .regex(
      /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]{1,520}$/,
      'is not the ARN of a secret in Secrets Manager',
    )
    .optional()
    .describe('The secret that requests are signed with (HMAC-SHA256), by the ARN of Secrets Manager.'),
});

/** What must be green for a wave to end its soak. */
export const gateSchema = z
  .union([alarm, webhook], 'is no gate: it is { alarm: ARN } or { webhook: URL, secret: ARN }')
  .describe('{ alarm: ARN } or { webhook: URL, secret: ARN }.');
