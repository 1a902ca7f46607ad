import { z } from 'zod';
import { type HandStart, nameStarter } from '../../core/operations/name-starter.ts';
import type { Ports } from '../../core/ports/ports.ts';
import { type ReconcileResult, reconcileRollouts } from '../../core/rollout/reconcile-rollouts.ts';
import type { FunctionDefinition } from '../runtime/function-definition.ts';

type ReconcilePorts = Pick<Ports, 'table' | 'eks' | 'executions' | 'events' | 'clock' | 'ids' | 'gates'>;

/** Why it was woken. Anything but the end of an execution, or a start by hand, only means "look now". */
export interface Wake {
  readonly endedExecution?: string;
  readonly startedByHand?: HandStart;
}

const executionEnded = z.object({
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.object({ executionArn: z.string(), status: z.enum(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']) }),
});

const handStart = z.object({
  'detail-type': z.literal('AWS API Call via CloudTrail'),
  detail: z.object({
    eventName: z.literal('StartExecution'),
    responseElements: z.object({ executionArn: z.string() }),
    userIdentity: z.object({ arn: z.string() }),
  }),
});

export const definition: FunctionDefinition<ReconcilePorts, Wake, ReconcileResult> = {
  name: 'reconcile-rollouts',
  parse(event) {
    const ended = executionEnded.safeParse(event);
    if (ended.success) return { endedExecution: ended.data.detail.executionArn };
    const started = handStart.safeParse(event);
    if (!started.success) return {};
    const { responseElements, userIdentity } = started.data.detail;
    return { startedByHand: { execution: responseElements.executionArn, userArn: userIdentity.arn } };
  },
  async run(ports, wake, log) {
    if (wake.startedByHand !== undefined) await nameStarter(ports, wake.startedByHand);
    const result = await reconcileRollouts(ports, wake);
    for (const problem of result.problems) log('A decision could not be carried out.', { ...problem });
    return result;
  },
  correlation: ({ endedExecution }) => (endedExecution === undefined ? {} : { endedExecution }),
  counts: ({ applied, waiting, stuck, overdue, problems }) => ({
    Ticks: 1,
    DecisionsApplied: applied,
    UpgradesWaiting: waiting,
    UpgradesStuck: stuck,
    ApprovalsOverdue: overdue.approvals,
    GatesNotGreen: overdue.gates,
    ...(overdue.halted === undefined ? {} : { RolloutsHalted: overdue.halted }),
    DecisionProblems: problems.length,
  }),
};
