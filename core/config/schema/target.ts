import { z } from 'zod';
import { documentSchema, matching, objectName } from './names.ts';
import { duration } from './quantities.ts';

/** A minor of Kubernetes as a regular expression, without anchors. */
export const minorPattern = '[1-9]\\d{0,2}\\.(?:0|[1-9]\\d{0,3})';
const targetError = 'is not a target: use latest, latest-1, a minor in quotes such as "1.36", or { channel: stable }';

/** Where a policy takes its clusters: `latest`, `latest-1`, a minor, or a channel. */
export const targetSchema = z
  .union(
    [
      matching(new RegExp(`^(?:latest|latest-1|${minorPattern})$`), targetError),
      z
        .strictObject({ channel: objectName.describe('rapid, stable, extended, or a Channel of your own.') })
        .describe('A named rule that gives the minor.'),
    ],
    targetError,
  )
  .describe('latest, latest-1 (one minor before it), a minor in quotes such as "1.36", or { channel: NAME }.');

/** The target of a channel: so many minors behind the newest, the oldest in standard support, or a minor. */
const channelTarget = matching(
  new RegExp(`^(?:latest(?:-[1-9])?|oldest-in-standard-support|${minorPattern})$`),
  'is not what a channel can say: use latest, latest-1 to latest-9, oldest-in-standard-support, or a minor in quotes',
);

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

/** Channels that exist without being written, with their targets. A Channel that is applied under the same name replaces one. */
export const builtInChannels: Readonly<Record<string, string>> = {
  rapid: 'latest',
  stable: 'latest-1',
  extended: 'oldest-in-standard-support',
};
