import { z } from 'zod';
import { documentSchema } from './names.ts';
import { duration } from './quantities.ts';
import { channelTarget } from './target.ts';

export const channelSchema = documentSchema(
  'Channel',
  z
    .strictObject({
      target: channelTarget.describe(
        'latest, latest-1 to latest-9 (minors before it), oldest-in-standard-support, or a minor in quotes.',
      ),
      minimumAge: duration
        .optional()
        .describe('Only minors that EKS has offered for so long count, such as 30d; newer ones are not there yet.'),
    })
    .describe('Which minor the channel stands for.'),
).describe('A named rule for the target of policies; it replaces the built-in channel of the same name.');
