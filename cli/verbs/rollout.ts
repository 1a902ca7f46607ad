import type { Rollout } from '../../core/contracts/items/rollout.ts';
import { given } from '../../core/model/given.ts';
import { visible } from '../../core/model/visible.ts';
import type { RolloutDetail } from '../../core/queries/rollout-views.ts';
import { rolloutPath } from '../client/paths.ts';
import {
  EXIT,
  type ExitCode,
  NO_REASON,
  type OutputOption,
  type ReasonOption,
  type Session,
} from '../command/session.ts';
import { print } from '../output/print.ts';
import { shownAt } from './columns.ts';
import { rolloutText } from './rollout-text.ts';

export async function createRollout(
  session: Session,
  policy: string,
  options: OutputOption & {
    readonly dryRun?: boolean;
    readonly incompleteInventory?: boolean;
    readonly finish?: boolean;
  },
): Promise<ExitCode> {
  const client = await session.client();
  const query = { dryRun: options.dryRun === true ? 'true' : undefined };
  const { incompleteInventory, finish } = options;
  const body = { policy, ...given({ incompleteInventory, finish }) };
  const rollout = await client.send<RolloutDetail>('POST', '/v1/rollouts', body, query);
  await print(session, options.output, rollout, () =>
    rolloutText(rollout, shownAt(session, client), session.io.columns),
  );
  if (options.dryRun !== true) {
    session.io.err(visible(`Created. Look at it with: liftlock describe rollout ${rollout.id}\n`));
    return EXIT.ok;
  }
  const busy = rollout.reasons.find(({ code }) => code === 'RolloutBusy');
  session.io.err(
    busy === undefined
      ? 'Nothing was created: this is what would be planned now.\n'
      : visible(`Nothing was created, and nothing would be now. ${busy.message}\n`),
  );
  return busy === undefined ? EXIT.ok : EXIT.pending;
}

export const switchRollout =
  (verb: 'pause' | 'resume' | 'abort') =>
  async (session: Session, id: string, options: ReasonOption & { readonly acceptFailures?: boolean }) => {
    const client = await session.client();
    // Halting must not fail for want of words; resuming needs none.
    const reason = options.reason ?? (verb === 'resume' ? undefined : NO_REASON);
    const accepts = options.acceptFailures === true;
    const body = accepts ? { reason: reason ?? NO_REASON } : reason === undefined ? {} : { reason };
    const path = accepts ? 'accept-failures' : verb;
    const rollout = await client.send<Rollout>('POST', `${rolloutPath(id)}/${path}`, body);
    return print(session, options.output, rollout, () => [visible(`rollout/${rollout.id} is ${rollout.status}`)]);
  };
