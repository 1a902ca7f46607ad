import { errorName } from '../contracts/errors.ts';
import type { Executions } from '../ports/executions.ts';

/** A start that was not acknowledged and is repeated, by the SDK or by us, finds its name taken: it was started. */
export async function startOnce(executions: Executions, ...start: Parameters<Executions['start']>): Promise<void> {
  try {
    await executions.start(...start);
  } catch (error) {
    if (errorName(error) !== 'ExecutionAlreadyExists') throw error;
  }
}
