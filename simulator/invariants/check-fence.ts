import type { Intent } from '../../core/contracts/items/protocol.ts';
import { Epochs, Intents } from '../../core/store/entities.ts';
import { type Check, commitAt } from './history.ts';

/**
 * 13 `fence`: every commit was made under the newest grant of its cluster, while that was open, and in the epoch of that moment. The execution holds
 * the grant, or is nested in the one that does.
 */
export const checkFence = (): Check => (moment) => {
  const commit = commitAt(moment);
  if (commit === undefined) return [];
  const { clusterKey, grantNumber, grant } = commit;
  const epoch = moment.store.get(Epochs)?.number;
  const said: string[] = [];
  if (grant?.status !== 'open' || grant.number !== grantNumber)
    said.push(
      `under grant ${grantNumber}, the cluster's is ${grant?.number ?? 'none'} and ${grant?.status ?? 'absent'}`,
    );
  if (grant !== undefined && grant.epoch !== epoch) said.push(`under a grant of epoch ${grant.epoch}, it is ${epoch}`);
  const execution = String(moment.item.detail.execution);
  // The previous release separated the names by a dot (docs/protocol.md).
  const isNested = ['--', '.'].some((mark) =>
    execution.split(':').at(-1)?.startsWith(`${grant?.executionName}${mark}`),
  );
  if (grant !== undefined && execution !== grant.holder && !isNested)
    said.push(`by ${execution}, the grant is of ${grant.holder}`);
  return said.map((why) => ({
    invariant: 'fence',
    message: `${clusterKey} #${moment.item.sequence}: committed ${why}`,
  }));
};

/** 12 `once`: a step begins a new attempt only after the previous one was observed terminal, with one token for each attempt. */
export const checkAttempts = (): Check => {
  const tokens = new Map<string, string>();
  return (moment) => {
    const commit = commitAt(moment);
    if (commit === undefined) return [];
    const { clusterKey, step, subject, attempt, call } = commit;
    const identity = `${clusterKey}/${step}/${subject}/${attempt}`;
    const token = String(call.input.clientRequestToken);
    const said: string[] = [];
    if ((tokens.get(identity) ?? token) !== token) said.push('with a second token');
    tokens.set(identity, token);
    const before = attempt > 1 ? moment.store.get(Intents, clusterKey, step, subject, attempt - 1) : undefined;
    if (attempt > 1 && !isOver(before)) said.push(`before attempt ${attempt - 1} was observed to have ended`);
    return said.map((why) => ({ invariant: 'once', message: `${identity} was committed ${why}` }));
  };
};

function isOver(intent: Intent | undefined): boolean {
  const outcome = intent?.outcome;
  if (outcome === undefined) return false;
  return outcome.type !== 'accepted' || outcome.observed !== undefined;
}
