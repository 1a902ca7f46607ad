import { parked, type StepResult, wait } from '../contracts/step-result.ts';
import { type RecordPorts, recordTags } from '../inventory/record-cluster.ts';
import type { NotSent } from '../protocol/mutate.ts';
import type { StepContext } from './context.ts';

/**
 * What a step says of a call that was not sent: it looks again, or parks until nothing forbids it. Tags that the inventory does not know yet are recorded:
 * by those that it has the upgrade would be granted again, and park again.
 */
export async function notSent(ports: RecordPorts, context: StepContext, result: NotSent): Promise<StepResult> {
  if (result.type === 'wait') return wait(result.seconds, result.reason);
  await recordTags(ports, await context.record(), context.cluster);
  return parked(undefined, ...result.reasons);
}
