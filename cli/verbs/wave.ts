import { given } from '../../core/model/given.ts';
import { visible } from '../../core/model/visible.ts';
import { part } from '../client/paths.ts';
import { type ExitCode, NO_REASON, type ReasonOption, type Session } from '../command/session.ts';
import { counted, print } from '../output/print.ts';

/** Agrees or disagrees with the plan of a wave, in one's own name. */
export const voteOnWave =
  (verb: 'approve' | 'reject') =>
  async (session: Session, id: string, name: string, options: ReasonOption & { readonly plan?: string }) => {
    const of = (await session.client()).v1.rollouts[':id'].waves[':wave'];
    const param = { id: part(id), wave: part(name) };
    const { plan: planHash, reason: comment } = options;
    // Halting must not fail for want of words.
    const wave = await (verb === 'approve'
      ? of.approve.$post({ param, json: given({ planHash, comment }) })
      : of.reject.$post({ param, json: { ...given({ planHash }), reason: comment ?? NO_REASON } }));
    const [last] = (wave.approvals ?? []).slice(-1);
    return print(session, options.output, wave, () => [
      visible(
        `wave ${wave.name} of ${wave.rolloutId}: ${last?.decision ?? ''} by ${last?.principal ?? ''}, plan ${wave.planHash ?? ''} of ${counted(last?.clusters ?? 0, 'cluster')}`,
      ),
    ]);
  };

/** Ends the soak of the wave that soaks, or lets one pass that is undecided. */
export async function promote(session: Session, id: string, options: ReasonOption): Promise<ExitCode> {
  const of = (await session.client()).v1.rollouts[':id'];
  const json = { reason: options.reason ?? NO_REASON };
  const wave = await of.promote.$post({ param: { id: part(id) }, json });
  return print(session, options.output, wave, () => [
    visible(`The wave ${wave.name} of ${id} is ${wave.status}: ${wave.reasons[0]?.message ?? ''}`),
  ]);
}

/** Clears a trait of suspicion. */
export async function releaseTrait(session: Session, id: string, trait: string, options: ReasonOption) {
  const of = (await session.client()).v1.rollouts[':id'];
  const json = { trait, reason: options.reason ?? NO_REASON };
  const rollout = await of['release-trait'].$post({ param: { id: part(id) }, json });
  return print(session, options.output, rollout, () => [visible(`${trait} is not suspected any more in ${id}.`)]);
}
