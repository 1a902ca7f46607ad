import { errorName } from '../contracts/errors.ts';
import type { Executions } from '../ports/executions.ts';

/** A start without an answer is repeated by the SDK or by Liftlock. The repeat then finds the name taken, because the execution was started. */
export async function startOnce(executions: Executions, ...start: Parameters<Executions['start']>): Promise<void> {
  try {
    await executions.start(...start);
  } catch (error) {
    if (errorName(error) !== 'ExecutionAlreadyExists') throw error;
  }
}
