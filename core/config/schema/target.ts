import { z } from 'zod';
import { objectName } from './names.ts';

const minor = '[1-9]\\d{0,2}\\.(?:0|[1-9]\\d{0,3})';
const targetError = 'is not a target: use latest, latest-1, a minor in quotes such as "1.36", or { channel: stable }';

/** Where a policy takes its clusters: a word, a minor, or a channel. */
export const targetSchema = z
  .union(
    [
      z.string().regex(new RegExp(`^(?:latest|latest-1|${minor})$`), targetError),
      z
        .strictObject({ channel: objectName.describe('rapid, stable, extended, or a Channel of your own.') })
        .describe('A named rule that gives the minor.'),
    ],
    targetError,
  )
  .describe('latest, latest-1 (one minor before it), a minor in quotes such as "1.36", or { channel: NAME }.');

/** What a channel may say: as far behind the newest as it names, or the oldest that costs no extra. */
export const channelTarget = z
  .string()
  .regex(
    new RegExp(`^(?:latest(?:-[1-9])?|oldest-in-standard-support|${minor})$`),
    'is not what a channel can say: use latest, latest-1 to latest-9, oldest-in-standard-support, or a minor in quotes',
  );
