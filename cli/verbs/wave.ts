import type { Rollout, Wave } from '../../core/contracts/items/rollout.ts';
import { visible } from '../../core/model/visible.ts';
import { rolloutPath } from '../client/paths.ts';
import { type ExitCode, NO_REASON, type ReasonOption, type Session } from '../command/session.ts';
import { counted, print } from '../output/print.ts';

/** Agrees or disagrees with the plan of a wave, in one's own name. */
export const judgeWave =
  (verb: 'approve' | 'reject') =>
  async (session: Session, id: string, name: string, options: ReasonOption & { readonly plan?: string }) => {
    const client = await session.client();
    const planHash = options.plan === undefined ? {} : { planHash: options.plan };
    // Halting must not fail for want of words.
    const text = options.reason ?? (verb === 'reject' ? NO_REASON : undefined);
    const words = text === undefined ? {} : verb === 'approve' ? { comment: text } : { reason: text };
    const wave = await client.send<Wave>('POST', `${rolloutPath(id)}/waves/${encodeURIComponent(name)}/${verb}`, {
      ...planHash,
      ...words,
    });
    const [given] = (wave.approvals ?? []).slice(-1);
    return print(session, options.output, wave, () => [
      visible(
        `wave ${wave.name} of ${wave.rolloutId}: ${given?.decision ?? ''} by ${given?.principal ?? ''}, plan ${wave.planHash ?? ''} of ${counted(given?.clusters ?? 0, 'cluster')}`,
      ),
    ]);
  };

/** Ends the soak of the wave that soaks, or lets one pass that is undecided. */
export async function promote(session: Session, id: string, options: ReasonOption): Promise<ExitCode> {
  const client = await session.client();
  const wave = await client.send<Wave>('POST', `${rolloutPath(id)}/promote`, {
    reason: options.reason ?? NO_REASON,
  });
  return print(session, options.output, wave, () => [
    visible(`The wave ${wave.name} of ${id} is ${wave.status}: ${wave.reasons[0]?.message ?? ''}`),
  ]);
}

/** Clears a trait of suspicion. */
export async function releaseTrait(
  session: Session,
  id: string,
  trait: string,
  options: ReasonOption,
): Promise<ExitCode> {
  const client = await session.client();
  const body = { trait, reason: options.reason ?? NO_REASON };
  const rollout = await client.send<Rollout>('POST', `${rolloutPath(id)}/release-trait`, body);
  return print(session, options.output, rollout, () => [visible(`${trait} is not suspected any more in ${id}.`)]);
}
