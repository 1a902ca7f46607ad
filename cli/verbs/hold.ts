import type { Explanation } from '../../core/queries/explanation.ts';
import { clusterPath } from '../client/paths.ts';
import { NO_REASON, type ReasonOption, type Session } from '../command/session.ts';
import { print } from '../output/print.ts';
import { shownAt } from './columns.ts';
import { explanationText } from './explain.ts';
import { kindOf } from './kind.ts';

/** Prints what follows from it: the explanation of the cluster as it now stands. */
export const unhold =
  (verb: 'retry' | 'release' | 'skip') =>
  async (session: Session, kind: string, name: string, options: ReasonOption) => {
    kindOf(kind, ['clusters']);
    const client = await session.client();
    const body = verb === 'skip' ? { reason: options.reason ?? NO_REASON } : {};
    const explanation = await client.send<Explanation>('POST', `${clusterPath(name)}/${verb}`, body);
    return print(session, options.output, explanation, () => explanationText(explanation, shownAt(session, client)));
  };
