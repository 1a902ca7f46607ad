import type { AuditItem } from '../../core/ports/table.ts';
import { type History, keyOfMutation, type Violation } from './history.ts';

const LATEST_SECONDS = 30;
const OUTCOMES = new Set(['MutationAccepted', 'UpdateEnded', 'MutationLost']);

function commitsOf(history: History) {
  return history.timeline
    .filter((item) => item.event === 'MutationCommitted')
    .map((item) => {
      const { call, step, subject, attempt } = item.detail as {
        call: { input: { clientRequestToken: string } };
        step: string;
        subject: string;
        attempt: number;
      };
      return {
        item,
        token: call.input.clientRequestToken,
        identity: `${item.subject}/${step}/${subject}/${attempt}`,
      };
    });
}

/** 11 and 14: every mutation that EKS accepted had an intent, committed at most 30 s before, and an outcome afterwards. */
export function intentBefore(history: History): Violation[] {
  const commits = commitsOf(history);
  return history.sent.flatMap((mutation) => {
    const token = String(mutation.request.clientRequestToken);
    const before = commits.filter(
      (commit) =>
        commit.token === token &&
        commit.item.subject === keyOfMutation(mutation) &&
        history.writtenAt(commit.item) <= mutation.at,
    );
    const last = before.at(-1);
    if (last === undefined)
      return [
        { invariant: 'audit', message: `${mutation.operation} on ${mutation.clusterArn} had no intent before it` },
      ];
    const late = (mutation.at - history.writtenAt(last.item)) / 1000;
    if (late > LATEST_SECONDS)
      return [
        {
          invariant: 'stop',
          message: `${mutation.operation} on ${mutation.clusterArn} came ${late} s after its commit`,
        },
      ];
    const outcome = (history.audit.get(last.item.subject) ?? []).some(
      (item) => item.sequence > last.item.sequence && OUTCOMES.has(item.event) && sameAttempt(item, last.item),
    );
    return outcome ? [] : [{ invariant: 'audit', message: `${last.identity} was accepted and has no outcome` }];
  });
}

const sameAttempt = (a: AuditItem, b: AuditItem): boolean =>
  ['step', 'subject', 'attempt'].every((name) => a.detail[name] === b.detail[name]);

/** 12 `once`: at most one mutation is accepted for each token. Another check tests at each commit that a step attempt has one token. */
export function once(history: History): Violation[] {
  const violations: Violation[] = [];
  const accepted = new Map<string, number>();
  for (const mutation of history.ours) {
    const token = `${mutation.clusterArn}/${String(mutation.request.clientRequestToken)}`;
    accepted.set(token, (accepted.get(token) ?? 0) + 1);
  }
  for (const [token, count] of accepted)
    if (count > 1) violations.push({ invariant: 'once', message: `${token} was accepted ${count} times` });
  return violations;
}
