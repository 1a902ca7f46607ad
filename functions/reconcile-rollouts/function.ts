import { z } from 'zod';
import type { Ports } from '../../core/ports/ports.ts';
import { type ReconcileResult, reconcileRollouts } from '../../core/rollout/reconcile-rollouts.ts';
import type { FunctionDefinition } from '../runtime/function-definition.ts';

type ReconcilePorts = Pick<Ports, 'table' | 'eks' | 'executions' | 'events' | 'clock' | 'ids' | 'gates'>;

/** Why it was woken. Anything but the end of an execution only means "look now". */
export interface Wake {
  readonly endedExecution?: string;
}

const executionEnded = z.object({
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.object({ executionArn: z.string(), status: z.enum(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']) }),
});

export const definition: FunctionDefinition<ReconcilePorts, Wake, ReconcileResult> = {
  name: 'reconcile-rollouts',
  parse(event) {
    const ended = executionEnded.safeParse(event);
    return ended.success ? { endedExecution: ended.data.detail.executionArn } : {};
  },
  async run(ports, wake, log) {
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
