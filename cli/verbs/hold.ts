import { clusterParam } from '../client/paths.ts';
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
    const of = client.v1.clusters[':id'];
    const param = clusterParam(name);
    const explanation = await (verb === 'skip'
      ? of.skip.$post({ param, json: { reason: options.reason ?? NO_REASON } })
      : of[verb].$post({ param, json: {} }));
    return print(session, options.output, explanation, () => explanationText(explanation, shownAt(session, client)));
  };
