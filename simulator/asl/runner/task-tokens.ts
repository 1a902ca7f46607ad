import type { Execution } from '../interpreter/execution.ts';
import { ServiceError } from './service-error.ts';

/** The task a token stands for. */
export interface TokenTarget {
  readonly executionArn: string;
  readonly taskId: string;
}

/** Knows which task waits for which token, and which tokens are spent: AWS tells late answers from made-up ones. */
export class TaskTokens {
  readonly #open = new Map<string, TokenTarget>();
  readonly #openByExecution = new Map<string, Set<string>>();
  readonly #spent = new Set<string>();

  /** Brings the tokens of an execution up to date with its tasks. */
  update(execution: Execution): void {
    const open = this.#openByExecution.get(execution.arn) ?? new Set();
    for (const token of open) {
      const target = this.#open.get(token);
      if (target && execution.tasks[target.taskId]) continue;
      open.delete(token);
      this.#open.delete(token);
      this.#spent.add(token);
    }
    for (const { taskToken, taskId } of Object.values(execution.tasks)) {
      if (taskToken === undefined) continue;
      open.add(taskToken);
      this.#open.set(taskToken, { executionArn: execution.arn, taskId });
    }
    if (open.size > 0) this.#openByExecution.set(execution.arn, open);
    else this.#openByExecution.delete(execution.arn);
  }

  /** The task that waits for a token. Throws TaskTimedOut for a task that has ended, InvalidToken for an unknown token. */
  target(token: string): TokenTarget {
    const target = this.#open.get(token);
    if (target) return target;
    if (this.#spent.has(token)) {
      throw new ServiceError('TaskTimedOut', `Task Timed Out: 'Provided task does not exist anymore'`);
    }
    throw new ServiceError('InvalidToken', `Invalid Token: 'Invalid token'`);
  }

  /** The spent tokens, to be stored; open ones follow from the executions. */
  spentTokens(): string[] {
    return [...this.#spent];
  }

  /** Takes over stored spent tokens. */
  restore(spent: readonly string[]): void {
    for (const token of spent) this.#spent.add(token);
  }
}
