import type { Intent } from '../contracts/items/protocol.ts';
import { CALL_SECONDS, type CallWithoutUpdate } from '../contracts/mutating-calls.ts';
import { reason } from '../contracts/step-result.ts';
import type { Ports } from '../ports/ports.ts';
import type { WriteOperation } from '../ports/table.ts';
import { isContention } from '../store/entity.ts';
import { commit, type WantedChange } from './commit.ts';
import { loadNewestIntent, recordOutcome } from './intent-store.ts';
import { graceEnd } from './look-up.ts';
import { CONTENDED, type NotSent, STALE_COMMIT, STALE_COMMIT_MILLISECONDS } from './mutate.ts';

/** Nothing of a batch is sent later than this after its commit: the invocation that committed ends within `CALL_SECONDS`. */
const LAST_SEND_MILLISECONDS = (CALL_SECONDS - 10) * 1000;

export interface MutationWithoutUpdate extends WantedChange {
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
