import {
  errorMessage,
  errorName,
  isDoubtful,
  isStale,
  isThrottled,
  isWithoutEffect,
  requestIdOf,
} from '../contracts/errors.ts';
import type { Intent } from '../contracts/items/protocol.ts';
import { CALL_SECONDS, type CallWithoutUpdate, type MutatingCall } from '../contracts/mutating-calls.ts';
import { type Reason, reason, type StepResult } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import type { EksMutator, Scope, Update } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import type { WriteOperation } from '../ports/table.ts';
import { isContention, type Read } from '../store/entity.ts';
import { commit, type PreparedCall, type WantedChange } from './commit.ts';
import { loadNewestIntent, notBegun, recordDoubt, recordOutcome } from './intent-store.ts';
import { callOf, graceEnd, intentState, LOOK_AGAIN_SECONDS, lookUp, OUTCOME_UNKNOWN } from './look-up.ts';

/** One change that a step wants, with how the step makes sure, right before the call, that it is still wanted. */
export interface Mutation extends WantedChange {
  /** Reads the outside afresh. `stop` ends the step without a call: the change is done already, is not possible, or somebody else's update runs. */
  prepare(): Promise<PreparedCall | { readonly stop: StepResult }>;
}

export type NotSent =
  /** Not now: the call may still arrive, or too many functions write to the same items. */
  | { readonly type: 'wait'; readonly seconds: number; readonly reason: Reason }
  /** Something forbids it: mode, stop, pause, exclusion, pin, hold, a lost grant. */
  | { readonly type: 'forbidden'; readonly reasons: Reason[] };

type MutationResult =
  /** EKS took the call, now or before: poll this update. */
  | { readonly type: 'running'; readonly intent: Intent; readonly updateId: string; readonly seen?: Read<Intent> }
  | { readonly type: 'stop'; readonly result: StepResult }
  /**
   * The subject of the call is gone, and the call's effect with it; that is recorded. The next call of this function looks anew at what has the name
   * now.
   */
  | { readonly type: 'lost' }
  | NotSent
  /** EKS said no. */
  | { readonly type: 'rejected'; readonly error: string; readonly message: string };

/** A call is not sent when its commit is older than this: no call leaves later than 30 s after its commit (docs/simulation.md, invariant 11). */
const STALE_COMMIT_MILLISECONDS = 5_000;
const RETRY_SECONDS = 5;
const THROTTLED_SECONDS = 10;

const again = (why: Reason) => ({ type: 'wait' as const, seconds: RETRY_SECONDS, reason: why });
const CONTENDED = again(reason('Contention', 'Others write to the same items; trying again.'));
const STALE_COMMIT = again(reason('StaleCommit', 'The commit took too long, so its call was not sent; trying again.'));

const unknown = (seconds: number): MutationResult => ({ type: 'wait', seconds, reason: OUTCOME_UNKNOWN });

type MutationPorts = Pick<Ports, 'table' | 'clock' | 'eks' | 'mutator'>;

/**
 * The mutator: only this function sends the EKS calls that start an update; mutate-without-update.ts sends all other changes. It looks before it acts
 * again, commits, then calls (protocol.md, One mutating call). Any number of invocations may call it again at any point: it makes each step attempt
 * at most once. `seen` is the step's newest intent, where this invocation has just read it.
 */
export async function mutate(
  ports: MutationPorts,
  mutation: Mutation,
  seen?: { readonly newest: Read<Intent> | undefined },
): Promise<MutationResult> {
  const { clusterKey, step, subject } = mutation;
  const { newest } = seen ?? { newest: await loadNewestIntent(ports.table, clusterKey, step, subject) };
  const state = intentState(newest?.data, ports.clock.now());
  if (state.type === 'running') return newest === undefined ? state : { ...state, seen: newest };
  if (state.type === 'in-grace') {
    const seconds = Math.max(1, Math.ceil((state.until.getTime() - ports.clock.now().getTime()) / 1000));
    return unknown(seconds);
  }
  if (state.type === 'look-up') {
    const found = await lookUp(ports.eks, state.intent);
    if (found === 'gone') {
      await recordOutcome(ports, state.intent, { type: 'lost', at: ports.clock.now().toISOString() }, newest);
      return { type: 'lost' };
    }
    if (found !== undefined) return accepted(ports, state.intent, found, newest);
    if (!state.isLast) return unknown(LOOK_AGAIN_SECONDS);
    const { doubt } = state.intent;
    if (doubt !== undefined) {
      const at = ports.clock.now().toISOString();
      await recordOutcome(ports, state.intent, notBegun(state.intent, at), newest);
      return { type: 'rejected', error: doubt.error, message: doubt.message };
    }
  }
  const repeats = state.type === 'look-up' ? newest : undefined;

  const prepared = await mutation.prepare();
  if ('stop' in prepared) {
    // The call that was looked up and not found will not be sent again, so its intent must not stay open.
    if (repeats !== undefined && prepared.stop.status !== 'wait') await neverSent(ports, repeats);
    return { type: 'stop', result: prepared.stop };
  }
  const attempt = state.type === 'none' ? state.nextAttempt : state.intent.attempt;
  try {
    const result = await commit(ports, { ...mutation, ...prepared, attempt, repeats });
    if ('refused' in result) {
      if (repeats !== undefined) await neverSent(ports, repeats);
      return { type: 'forbidden', reasons: result.refused };
    }
    return await call(ports, mutation.scope, result.committed);
  } catch (error) {
    if (!isContention(error)) throw error;
    return CONTENDED;
  }
}

async function call(ports: MutationPorts, scope: Scope, committed: Read<Intent>): Promise<MutationResult> {
  const { data: intent } = committed;
  const age = ports.clock.now().getTime() - Date.parse(intent.committedAt);
  if (age > STALE_COMMIT_MILLISECONDS) {
    await neverSent(ports, committed);
    return STALE_COMMIT;
  }
  let update: Update;
  try {
    update = await send(ports.mutator, scope, callOf(intent));
  } catch (error) {
    // EKS throttled the only try, so it has not looked at the request.
    if (isThrottled(error)) {
      await neverSent(ports, committed);
      return { type: 'wait', seconds: THROTTLED_SECONDS, reason: reason('Throttled', errorMessage(error)) };
    }
    // EKS refused the session and not the change, and the next try has another one. The state machine limits how often it tries.
    if (isStale(error)) {
      await neverSent(ports, committed);
      throw error;
    }
    if (isDoubtful(error)) {
      await recordDoubt(ports, committed, error);
      return unknown(LOOK_AGAIN_SECONDS);
    }
    // Any other error may hide a call that took effect: the intent stays open, and the next look decides after the grace period.
    if (!isWithoutEffect(error)) throw error;
    const outcome = {
      type: 'refused' as const,
      error: errorName(error),
      message: errorMessage(error),
      at: ports.clock.now().toISOString(),
      ...given({ requestId: requestIdOf(error) }),
    };
    await recordOutcome(ports, intent, outcome, committed);
    return { type: 'rejected', error: outcome.error, message: outcome.message };
  }
  // This write is outside of the try: errors of the table may have the names of EKS's errors, and they say nothing about the call.
  return accepted(ports, intent, update, committed);
}

function send(mutator: EksMutator, scope: Scope, mutatingCall: MutatingCall): Promise<Update> {
  switch (mutatingCall.name) {
    case 'UpdateClusterVersion':
    case 'RollbackClusterVersion':
      return mutator.updateClusterVersion(scope, mutatingCall.input);
    case 'ExtendSupport':
      return mutator.extendSupport(scope, mutatingCall.input);
    case 'UpdateNodegroupVersion':
      return mutator.updateNodegroupVersion(scope, mutatingCall.input);
    case 'UpdateNodegroupConfig':
      return mutator.updateNodegroupConfig(scope, mutatingCall.input);
    case 'UpdateAddon':
      return mutator.updateAddon(scope, mutatingCall.input);
  }
}

async function accepted(
  ports: MutationPorts,
  intent: Intent,
  update: Update,
  seen: Read<Intent> | undefined,
): Promise<MutationResult> {
  const at = ports.clock.now().toISOString();
  const recorded = await recordOutcome(
    ports,
    intent,
    { type: 'accepted', updateId: update.id, at, ...given({ requestId: update.requestId }) },
    seen,
  );
  return { type: 'running', intent: recorded, updateId: update.id };
}

function neverSent(ports: MutationPorts, intent: Read<Intent>): Promise<Intent> {
  return recordOutcome(ports, intent.data, { type: 'never-sent', at: ports.clock.now().toISOString() }, intent);
}

/** Nothing of a batch is sent later than this after its commit: the invocation that committed ends within `CALL_SECONDS`. */
const LAST_SEND_MILLISECONDS = (CALL_SECONDS - 10) * 1000;

interface MutationWithoutUpdate extends WantedChange {
  readonly call: CallWithoutUpdate;
  /** The undo entry of the call, written with the commit. */
  readonly beside?: readonly WriteOperation[];
}

/** The call did nothing: it was refused, or nothing of it was sent. */
export type Undone =
  | { readonly type: 'refused'; readonly error: string; readonly message: string }
  | { readonly type: 'never-sent' };

type MutationWithoutUpdateResult<Answer> = { readonly type: 'answered'; readonly answer: Answer } | NotSent;

/**
 * Commits a call that has no update to ask for later, and makes it in the same invocation (docs/protocol.md, "Calls that have no update"). One commit
 * covers what one invocation does to one node: the next invocation commits anew, so that a stop halts a drain within 30 seconds. Nobody looks up what
 * an invocation began before it died: it shows on the cluster, and the precondition of a second call refuses it.
 *
 * `send` makes the call, and begins nothing more of it when `mayGoOn` says no. When it throws, the intent stays open until its grace is over.
 * `undone` tells what became of the call where the answer says that nothing was done.
 */
export async function mutateWithoutUpdate<Answer>(
  ports: Pick<Ports, 'table' | 'clock'>,
  mutation: MutationWithoutUpdate,
  send: (mayGoOn: () => boolean) => Promise<Answer>,
  undone: (answer: Answer) => Undone | undefined = () => undefined,
): Promise<MutationWithoutUpdateResult<Answer>> {
  const { clusterKey, step, subject, call } = mutation;
  const replaces = await loadNewestIntent(ports.table, clusterKey, step, subject);
  const millisecondsLeft = replaces === undefined ? 0 : millisecondsOpen(replaces.data, ports.clock.now());
  if (millisecondsLeft > 0) {
    const said = 'What an invocation before this one has sent may still arrive.';
    return { type: 'wait', seconds: Math.ceil(millisecondsLeft / 1000), reason: reason('OutcomeUnknown', said) };
  }
  let committed: Awaited<ReturnType<typeof commit>>;
  try {
    const attempt = replaces?.data.attempt ?? 1;
    const prepared = { call: () => call, knownUpdateIds: [] };
    committed = await commit(ports, { ...mutation, ...prepared, attempt, repeats: undefined, replaces });
  } catch (error) {
    if (!isContention(error)) throw error;
    return CONTENDED;
  }
  if ('refused' in committed) return { type: 'forbidden', reasons: committed.refused };
  const intent = committed.committed;
  const at = Date.parse(intent.data.committedAt);
  if (ports.clock.now().getTime() - at > STALE_COMMIT_MILLISECONDS) {
    await recordOutcome(ports, intent.data, { type: 'never-sent', at: ports.clock.now().toISOString() }, intent);
    return STALE_COMMIT;
  }
  const answer = await send(() => ports.clock.now().getTime() - at <= LAST_SEND_MILLISECONDS);
  const outcome = { ...(undone(answer) ?? { type: 'answered' as const }), at: ports.clock.now().toISOString() };
  await recordOutcome(ports, intent.data, outcome, intent);
  return { type: 'answered', answer };
}

/** How long a call without a known answer may still arrive. */
function millisecondsOpen(intent: Intent, now: Date): number {
  return intent.outcome === undefined ? graceEnd(intent).getTime() - now.getTime() : 0;
}
