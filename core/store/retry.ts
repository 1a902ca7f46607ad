import { errorName } from '../contracts/errors.ts';

const CONTENTION = new Set(['ConditionFailed', 'TransactionConflict']);

export const isContention = (error: unknown): boolean => CONTENTION.has(errorName(error));

/**
 * Reads, decides and writes; when something moved in between, does all of it again. `attempt` must read afresh each time, since
 * a decision on old reads is what the transaction refused. Gives up with the last refusal after `times`.
 */
export async function decideAndWrite<Result>(attempt: () => Promise<Result>, times = 8): Promise<Result> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isContention(error) || tried >= times) throw error;
    }
  }
}
