import { parked, type StepResult, wait } from '../contracts/step-result.ts';
import { type RecordPorts, recordTags } from '../inventory/record-cluster.ts';
import type { NotSent } from '../protocol/mutate.ts';
import type { StepContext } from './context.ts';

/**
 * The result of a step whose call was not sent: it looks again, or parks until nothing forbids the call. It records tags that the inventory does not
 * have yet, because by the old ones the upgrade would be granted and park over and over.
 */
export async function notSent(ports: RecordPorts, context: StepContext, result: NotSent): Promise<StepResult> {
  if (result.type === 'wait') return wait(result.seconds, result.reason);
  await recordTags(ports, await context.record(), context.cluster);
  return parked(undefined, ...result.reasons);
}
