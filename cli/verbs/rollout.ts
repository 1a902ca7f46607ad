import { given } from '../../core/model/given.ts';
import { visible } from '../../core/model/visible.ts';
import { part } from '../client/paths.ts';
import { EXIT, NO_REASON, type OutputOption, type ReasonOption, type Session } from '../command/session.ts';
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
) {
  const client = await session.client();
  const { incompleteInventory, finish } = options;
  const json = { policy, ...given({ incompleteInventory, finish }) };
  const rollout = await client.v1.rollouts.$post({ json, query: options.dryRun ? { dryRun: 'true' } : {} });
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
    const of = (await session.client()).v1.rollouts[':id'];
    const param = { id: part(id) };
    const { reason, acceptFailures } = options;
    // Halting must not fail for want of words; resuming needs none.
    const json = { reason: reason ?? NO_REASON };
    const rollout = await (acceptFailures
      ? of['accept-failures'].$post({ param, json })
      : verb === 'resume'
        ? of.resume.$post({ param, json: given({ reason }) })
        : of[verb].$post({ param, json }));
    return print(session, options.output, rollout, () => [visible(`rollout/${rollout.id} is ${rollout.status}`)]);
  };
