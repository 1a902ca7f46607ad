import { z } from 'zod';
import { principalPatterns } from './approval.ts';

export const breakGlassSchema = z
  .strictObject({
    fourEyes: z
      .boolean()
      .default(false)
      .describe('Whether a second person has to agree before windows and freezes are passed over.'),
    from: principalPatterns('nobody could break the glass. Leave it out to let everybody who may call it')
      .optional()
      .describe('Who may, beside having the right to call the API; absent = everybody who has it.'),
  })
  .describe('Who may let a cluster or a wave go outside of its windows: liftlock break-glass.');
