import { z } from 'zod';
import { TOPIC_ARN } from '../../contracts/names.ts';
import { secretArn } from './names.ts';

/** Where the news of one owner goes; what of it is not taken goes to the topic of the hub. */
export const ownerAddress = z
  .union(
    [
      z.strictObject({
        topic: z
          .string()
          .regex(TOPIC_ARN, 'is not the ARN of a standard topic of SNS')
          .describe('A standard topic of SNS; the installation has to name it too (ownerTopics).'),
      }),
      z.strictObject({
        webhook: z
          .string()
          .max(2048, 'is longer than 2048 characters')
          .describe('An https URL of a public or allowed host, which is sent JSON by POST.'),
        secret: secretArn.optional(),
      }),
    ],
    'is no address: it is { topic: ARN } or { webhook: URL, secret: ARN }',
  )
  .describe('{ topic: ARN } or { webhook: URL, secret: ARN }.');
