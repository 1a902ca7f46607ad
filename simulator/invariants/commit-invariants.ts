import type { AuditItem } from '../../core/ports/table.ts';
import { type History, keyOfMutation, type Violation } from './history.ts';

const LATEST_SECONDS = 30;
const OUTCOMES = new Set(['MutationAccepted', 'UpdateEnded', 'MutationLost']);

interface Commit {
  readonly item: AuditItem;
  readonly token: string;
  readonly identity: string;
  readonly grantNumber: number;
}

export function commitsOf(history: History): Commit[] {
  return history.timeline
    .filter((item) => item.event === 'MutationCommitted')
    .map((item) => {
      const { call, step, subject, attempt, grantNumber } = item.detail as {
        call: { input: { clientRequestToken: string } };
        step: string;
        subject: string;
        attempt: number;
        grantNumber: number;
      };
      return {
        item,
        token: call.input.clientRequestToken,
        identity: `${item.subject}/${step}/${subject}/${attempt}`,
        grantNumber,
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
        Date.parse(commit.item.at) <= mutation.at,
    );
    const last = before.at(-1);
    if (last === undefined)
      return [
        { invariant: 'audit', message: `${mutation.operation} on ${mutation.clusterArn} had no intent before it` },
      ];
    const late = (mutation.at - Date.parse(last.item.at)) / 1000;
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

/** 12 `once`: one token for each step attempt, and at most one mutation accepted for each token. */
export function once(history: History): Violation[] {
  const tokens = new Map<string, string>();
  const violations: Violation[] = [];
  for (const { identity, token } of commitsOf(history)) {
    const known = tokens.get(identity);
    if (known !== undefined && known !== token)
      violations.push({ invariant: 'once', message: `${identity} was committed with two tokens` });
    tokens.set(identity, token);
  }
  const accepted = new Map<string, number>();
  for (const mutation of history.ours) {
    const token = `${mutation.clusterArn}/${String(mutation.request.clientRequestToken)}`;
    accepted.set(token, (accepted.get(token) ?? 0) + 1);
  }
  for (const [token, count] of accepted)
    if (count > 1) violations.push({ invariant: 'once', message: `${token} was accepted ${count} times` });
  return violations;
}

/** 13 `fence`: every commit was made under the newest grant of its cluster, while that was open. */
export function fence(history: History): Violation[] {
  const violations: Violation[] = [];
  for (const items of history.audit.values()) {
    let open: number | undefined;
    for (const item of items) {
      if (item.event === 'Granted') open = item.detail.grantNumber as number;
      if (item.event === 'GrantClosing' || item.event === 'GrantFreed') open = undefined;
      if (item.event === 'MutationCommitted' && item.detail.grantNumber !== open) {
        violations.push({
          invariant: 'fence',
          message: `${item.subject} #${item.sequence}: committed under grant ${String(item.detail.grantNumber)}, open was ${open ?? 'none'}`,
        });
      }
    }
  }
  return violations;
}
