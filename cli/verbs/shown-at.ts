import type { ApiClient } from '../client/api-client.ts';
import type { Session } from '../session.ts';
import type { Shown } from './columns.ts';

/** Times are told from the API's own clock: behind a local run it is another one than ours. */
export const shownAt = (session: Session, { time }: Pick<ApiClient, 'time'>): Shown => ({
  paint: session.paint,
  now: time ?? session.io.now(),
});
