import type { Explanation } from '../../core/queries/explanation.ts';
import { clusterPath } from '../client/cluster-path.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { print } from '../output/print.ts';
import type { Session } from '../session.ts';
import { explanationText } from './explain.ts';
import { kindOf } from './kind.ts';
import { NO_REASON } from './no-reason.ts';
import { shownAt } from './shown-at.ts';

/** Prints what follows from it: the explanation of the cluster as it now stands. */
export async function unhold(
  session: Session,
  verb: 'retry' | 'release' | 'skip',
  kindText: string,
  name: string,
  options: { readonly output: string; readonly reason?: string },
): Promise<ExitCode> {
  kindOf(kindText, ['clusters']);
  const client = await session.client();
  const body = verb === 'skip' ? { reason: options.reason ?? NO_REASON } : {};
  const explanation = await client.send<Explanation>('POST', `${clusterPath(name)}/${verb}`, body);
  await print(session, options.output, explanation, () => explanationText(explanation, shownAt(session, client)));
  return EXIT.ok;
}
