import { UPGRADING_FUNCTIONS } from '../../core/contracts/names.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { Scenario } from './scenario.ts';

/** Crashes of protocol.md's last section that hit one invocation, at every mutating step. */
export const AT_MUTATIONS: readonly { readonly name: string; readonly faults: readonly Omit<Fault, 'function'>[] }[] = [
  { name: 'crash before commit', faults: [{ when: 'before', operation: 'commit', effect: { kind: 'crash' } }] },
  {
    name: 'crash after commit, before the call',
    faults: [{ when: 'after', operation: 'commit', effect: { kind: 'crash' } }],
  },
  {
    name: 'crash after the call, before its answer',
    faults: [{ when: 'after', operation: 'call', effect: { kind: 'crash' } }],
  },
  {
    name: 'answer lost',
    faults: [{ when: 'after', operation: 'call', effect: { kind: 'error', name: 'TimeoutError' } }],
  },
  {
    name: 'call lost',
    faults: [{ when: 'before', operation: 'call', effect: { kind: 'error', name: 'TimeoutError' } }],
  },
  {
    name: 'crash after the answer, before the outcome is written',
    faults: [{ when: 'before', operation: 'outcome', effect: { kind: 'crash' } }],
  },
  {
    name: 'crash after the outcome is written',
    faults: [{ when: 'after', operation: 'outcome', effect: { kind: 'crash' } }],
  },
  {
    name: 'timed out but running, before commit',
    faults: [{ when: 'before', operation: 'commit', effect: { kind: 'hang', seconds: 300 } }],
  },
  {
    name: 'timed out but running, after commit',
    faults: [{ when: 'after', operation: 'commit', effect: { kind: 'hang', seconds: 300 } }],
  },
  {
    name: 'timed out but running, after the call',
    faults: [{ when: 'after', operation: 'call', effect: { kind: 'hang', seconds: 300 } }],
  },
  {
    name: 'duplicate invocation before commit',
    faults: [{ when: 'before', operation: 'commit', effect: { kind: 'duplicate' } }],
  },
  {
    name: 'duplicate invocation after commit',
    faults: [{ when: 'after', operation: 'commit', effect: { kind: 'duplicate' } }],
  },
  {
    name: 'TransactionConflict at commit',
    faults: [{ when: 'before', operation: 'commit', times: 5, effect: { kind: 'error', name: 'TransactionConflict' } }],
  },
  {
    name: 'TransactionConflict at outcome',
    faults: [
      { when: 'before', operation: 'outcome', times: 5, effect: { kind: 'error', name: 'TransactionConflict' } },
    ],
  },
];

export const MUTATIONS: readonly Scenario[] = UPGRADING_FUNCTIONS.flatMap((name) =>
  AT_MUTATIONS.map((point) => ({
    name: `${name}: ${point.name}`,
    faults: point.faults.map((fault) => ({ ...fault, function: name })),
  })),
);

/** Crashes that hit whoever grants, starts, concludes and frees. */
export const ELSEWHERE: readonly Scenario[] = [
  {
    name: 'reconcile-rollouts: crash before grant',
    faults: [{ when: 'before', operation: 'grant', function: 'reconcile-rollouts', effect: { kind: 'crash' } }],
  },
  {
    name: 'reconcile-rollouts: crash between grant and StartExecution',
    faults: [
      { when: 'after', operation: 'grant', function: 'reconcile-rollouts', times: 3, effect: { kind: 'crash' } },
    ],
  },
  {
    name: 'reconcile-rollouts: answer of StartExecution lost',
    faults: [
      { when: 'after', operation: 'start-execution', times: 3, effect: { kind: 'error', name: 'TimeoutError' } },
    ],
  },
  {
    name: 'reconcile-rollouts: two at once, before grant',
    faults: [{ when: 'before', operation: 'grant', times: 4, effect: { kind: 'duplicate' } }],
  },
  {
    name: 'reconcile-rollouts: stale read from DescribeExecution',
    faults: [
      { when: 'before', operation: 'describe-execution', times: 6, effect: { kind: 'answer', value: undefined } },
    ],
  },
  {
    name: 'reconcile-rollouts: crash before closing a grant',
    faults: [{ when: 'before', operation: 'close', times: 2, effect: { kind: 'crash' } }],
  },
  {
    name: 'reconcile-rollouts: crash before freeing a grant',
    faults: [{ when: 'before', operation: 'free', times: 2, effect: { kind: 'crash' } }],
  },
  {
    name: 'reconcile-rollouts: crash after freeing a grant',
    faults: [{ when: 'after', operation: 'free', times: 2, effect: { kind: 'crash' } }],
  },
  {
    name: 'conclude-upgrade: crash before settling',
    faults: [{ when: 'before', operation: 'settle', function: 'conclude-upgrade', effect: { kind: 'crash' } }],
  },
  {
    name: 'conclude-upgrade: crash after settling',
    faults: [{ when: 'after', operation: 'settle', function: 'conclude-upgrade', effect: { kind: 'crash' } }],
  },
  {
    name: 'conclude-upgrade: duplicate invocation',
    faults: [
      { when: 'before', operation: 'settle', function: 'conclude-upgrade', times: 3, effect: { kind: 'duplicate' } },
    ],
  },
  {
    name: 'conclude-upgrade: table away for longer than it is tried',
    faults: [
      {
        ...{ when: 'before', operation: 'settle', function: 'conclude-upgrade', times: 60 },
        effect: { kind: 'error', name: 'InternalServerError' },
      },
    ],
  },
  {
    name: 'TransactionConflict everywhere',
    faults: (['grant', 'close', 'free', 'settle', 'commit', 'outcome'] as const).map((operation) => ({
      when: 'before',
      operation,
      times: 4,
      effect: { kind: 'error', name: 'TransactionConflict' },
    })),
  },
];

export const CRASH_SCENARIOS: readonly Scenario[] = [...MUTATIONS, ...ELSEWHERE];
