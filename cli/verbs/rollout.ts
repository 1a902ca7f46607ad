import type { Rollout } from '../../core/contracts/items/rollout.ts';
import type { Reason } from '../../core/contracts/step-result.ts';
import { given } from '../../core/model/given.ts';
import { visible } from '../../core/model/visible.ts';
import { counted, sentence } from '../../core/model/words.ts';
import { ApiFailure } from '../client/api-failure.ts';
import { part } from '../client/paths.ts';
import { EXIT, type ExitCode, Failure } from '../command/failure.ts';
import { NO_REASON, type OutputOption, type ReasonOption, type Session } from '../command/session.ts';
import { print } from '../output/print.ts';
import { shownAt } from './columns.ts';
import { promotedText, rolloutText } from './rollout-text.ts';

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
  const { rollouts } = client.v1;
  const ask = (query: { readonly dryRun?: 'true'; readonly after?: string }) =>
    rollouts.$post({ json, query }).catch((error: unknown) => {
      const isNone = options.dryRun === true && error instanceof ApiFailure && NOT_NOW.includes(error.errorName);
      throw isNone ? new Failure(error.message, EXIT.pending) : error;
    });
  const first = await ask(options.dryRun ? { dryRun: 'true' } : {});
  const leftOut = [...(first.leftOut ?? [])];
  const plansOf = ({ waveDetails }: typeof first) => JSON.stringify(waveDetails.map(({ planHash }) => planHash));
  const planOn = async (after: string) => {
    const page = await ask({ dryRun: 'true', after });
    if (plansOf(page) !== plansOf(first))
      throw new Failure('The plan has changed while it was read. Run the command again.');
    leftOut.push(...(page.leftOut ?? []));
    return page;
  };
  // What was created is there to be read; of what was not, each page is planned anew.
  const readOn = (after: string) => rollouts[':id'].$get({ param: { id: part(first.id) }, query: { after } });
  const goOn = options.dryRun ? planOn : readOn;
  const whole = await client.whole('members', async ({ after }) => (after === undefined ? first : goOn(after)));
  const rollout = first.leftOut === undefined ? whole : { ...whole, leftOut };
  await print(session, options.output, rollout, () =>
    rolloutText(rollout, shownAt(session, client), session.io.columns),
  );
  if (options.dryRun !== true) {
    session.io.err(visible(`Created. Look at it with: liftlock describe rollout ${rollout.id}\n`));
    return EXIT.ok;
  }
  const refused = rollout.reasons.find(({ code }) => NOT_NOW.includes(code));
  session.io.err(
    refused === undefined
      ? 'Nothing was created: this is what would be planned now.\n'
      : visible(`Nothing was created, and nothing would be now. ${refused.message}\n`),
  );
  return refused === undefined ? EXIT.ok : EXIT.pending;
}

/** With these codes, as an error or as a reason of the plan, no rollout is created now. A question about it has not failed. */
const NOT_NOW: readonly string[] = ['RolloutBusy', 'NothingToDo', 'ObserveMode'];

/** What the answer to an order says beside the rollout. */
type Beside = Partial<Readonly<Record<'another' | 'keptBy' | 'leftOpen' | 'goesOn', string>>>;

export const switchRollout =
  (verb: 'pause' | 'resume' | 'abort') =>
  async (session: Session, id: string, options: ReasonOption & { readonly acceptFailures?: boolean }) => {
    const of = (await session.client()).v1.rollouts[':id'];
    const param = { id: part(id) };
    const { reason, acceptFailures } = options;
    // Pausing and aborting must not fail because a reason is missing; resuming needs none.
    const json = { reason: reason ?? NO_REASON };
    const rollout = await (acceptFailures
      ? of['accept-failures'].$post({ param, json })
      : verb === 'resume'
        ? of.resume.$post({ param, json: given({ reason }) })
        : of[verb].$post({ param, json }));
    const { another, keptBy, leftOpen, goesOn }: Beside = rollout;
    const more = [another, keptBy, leftOpen, goesOn].filter((said) => said !== undefined).join(' ');
    const said = `rollout/${rollout.id} is ${rollout.status}${besideText(rollout)}`;
    return print(session, options.output, rollout, () => [visible(more === '' ? said : `${sentence(said)} ${more}`)]);
  };

/** The pauses that stood before an order: one resume or abort ends those of all users. A user who repeats a pause adds none. */
function besideText({
  status,
  reasons,
  before = [],
}: Pick<Rollout, 'status' | 'reasons'> & { readonly before?: readonly Reason[] }): string {
  if (before.length === 0) return '';
  const pauses = before.map(({ message }) => `the pause by ${message}`).join('; ');
  if (status !== 'Paused') return `. No more in force: ${pauses}`;
  const beside = reasons.length > before.length ? ' Yours stands beside that.' : '';
  return `, as it was: ${sentence(pauses)}${beside} One resume lifts them all.`;
}

/** Approves or rejects the plan of a wave, in the caller's name. */
export const voteOnWave =
  (verb: 'approve' | 'reject') =>
  async (session: Session, id: string, name: string, options: ReasonOption & { readonly plan?: string }) => {
    const of = (await session.client()).v1.rollouts[':id'].waves[':wave'];
    const param = { id: part(id), wave: part(name) };
    const { plan: planHash, reason: comment } = options;
    // Rejecting must not fail because a reason is missing.
    const wave = await (verb === 'approve'
      ? of.approve.$post({ param, json: given({ planHash, comment }) })
      : of.reject.$post({ param, json: { ...given({ planHash }), reason: comment ?? NO_REASON } }));
    const [last] = (wave.approvals ?? []).slice(-1);
    const until =
      wave.holdsUntil === undefined ? '' : `; its first cluster has to start before ${wave.holdsUntil} (expiresAfter)`;
    const lacking = wave.lacking === undefined ? '' : ` ${wave.lacking}`;
    const place = `wave ${wave.name} of ${wave.rolloutId}`;
    if (wave.decision === 'Withdrawn')
      return print(session, options.output, wave, () => [
        visible(`${place}: your rejection is taken back. Others have to approve it (fourEyes).${lacking}`),
      ]);
    return print(session, options.output, wave, () => [
      visible(
        `${place}: ${last?.decision ?? ''} by ${last?.principal ?? ''}, plan ${wave.planHash ?? ''} of ${counted(last?.clusters ?? 0, 'cluster')}${until}${lacking === '' ? '' : `.${lacking}`}`,
      ),
    ]);
  };

/** Ends the soak of the current wave, or lets an undecided one pass. */
export async function promote(session: Session, id: string, options: ReasonOption): Promise<ExitCode> {
  const of = (await session.client()).v1.rollouts[':id'];
  const json = { reason: options.reason ?? NO_REASON };
  const wave = await of.promote.$post({ param: { id: part(id) }, json });
  return print(session, options.output, wave, () => [visible(promotedText(wave))]);
}

/** Clears traits of suspicion. */
export async function releaseTraits(session: Session, id: string, traits: string[], options: ReasonOption) {
  const of = (await session.client()).v1.rollouts[':id'];
  const json = { traits, reason: options.reason ?? NO_REASON };
  const rollout = await of['release-trait'].$post({ param: { id: part(id) }, json });
  return print(session, options.output, rollout, () => [
    visible(`${traits.join(', ')}: not suspected any more in ${id}.`),
  ]);
}
