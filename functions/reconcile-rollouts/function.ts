import { z } from 'zod';
import { HAND_ACTS } from '../../core/contracts/names.ts';
import { type HandAct, recordHandAct } from '../../core/operations/record-hand-act.ts';
import type { Ports } from '../../core/ports/ports.ts';
import { type ReconcileResult, reconcileRollouts } from '../../core/rollout/reconcile-rollouts.ts';
import type { FunctionDefinition } from '../runtime/function-definition.ts';

type ReconcilePorts = Pick<Ports, 'table' | 'eks' | 'executions' | 'events' | 'clock' | 'ids' | 'gates' | 'hooks'>;

/** Why the function was woken. Only the end of an execution and what a person did to one carry data; any other event means "look now". */
interface Wake {
  readonly endedExecution?: string;
  readonly handAct?: HandAct;
}

const executionEnded = z.object({
  'detail-type': z.literal('Step Functions Execution Status Change'),
  detail: z.object({ executionArn: z.string(), status: z.enum(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']) }),
});

/** StartExecution returns the ARN of the execution; the other calls take it as a parameter. A refused call has no `responseElements`. */
const handAct = z.object({
  'detail-type': z.literal('AWS API Call via CloudTrail'),
  detail: z.object({
    eventName: z.enum(Object.keys(HAND_ACTS) as [keyof typeof HAND_ACTS]),
    requestParameters: z.object({ executionArn: z.string().optional() }).optional(),
    responseElements: z.object({ executionArn: z.string().optional() }),
    userIdentity: z.object({ arn: z.string() }),
  }),
});

const news = z.discriminatedUnion('detail-type', [executionEnded, handAct]);

export const definition: FunctionDefinition<ReconcilePorts, Wake, ReconcileResult> = {
  name: 'reconcile-rollouts',
  parse(event) {
    const told = news.safeParse(event);
    if (!told.success) return {};
    if ('status' in told.data.detail) return { endedExecution: told.data.detail.executionArn };
    const { eventName: act, requestParameters, responseElements, userIdentity } = told.data.detail;
    const execution = responseElements.executionArn ?? requestParameters?.executionArn;
    return execution === undefined ? {} : { handAct: { act, execution, userArn: userIdentity.arn } };
  },
  async run(ports, wake, log) {
    if (wake.handAct !== undefined) await recordHandAct(ports, wake.handAct);
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
