import type { StartedBy } from './execution-record.ts';
import type { HostedExecution } from './hosted-execution.ts';
import { ServiceError } from './service-error.ts';

function taskKey({ executionArn, taskId }: Pick<StartedBy, 'executionArn' | 'taskId'>): string {
  return `${executionArn}#${taskId}`;
}

/** The executions of a runner, by ARN, by machine, and by the task that started them. */
export class ExecutionStore {
  readonly #byArn = new Map<string, HostedExecution>();
  readonly #byMachine = new Map<string, HostedExecution[]>();
  readonly #byTask = new Map<string, HostedExecution>();

  /** Adds an execution. */
  add(hosted: HostedExecution): void {
    const { execution, startedBy } = hosted.record;
    this.#byArn.set(execution.arn, hosted);
    const ofMachine = this.#byMachine.get(execution.stateMachineArn) ?? [];
    ofMachine.push(hosted);
    this.#byMachine.set(execution.stateMachineArn, ofMachine);
    for (const starter of startedBy) this.indexStarter(hosted, starter);
  }

  /** Notes that a task started an execution. */
  indexStarter(hosted: HostedExecution, startedBy: StartedBy): void {
    this.#byTask.set(taskKey(startedBy), hosted);
  }

  /** The execution of an ARN, if there is one. */
  find(arn: string): HostedExecution | undefined {
    return this.#byArn.get(arn);
  }

  /** The execution of an ARN. Throws ExecutionDoesNotExist. */
  get(arn: string): HostedExecution {
    const hosted = this.#byArn.get(arn);
    if (hosted) return hosted;
    throw new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  }

  /** The child a task started, if it did. */
  childOf(executionArn: string, taskId: string): HostedExecution | undefined {
    return this.#byTask.get(taskKey({ executionArn, taskId }));
  }

  /** The executions of a machine, in the order they were started. */
  ofMachine(machineArn: string): readonly HostedExecution[] {
    return this.#byMachine.get(machineArn) ?? [];
  }

  /** All executions, in the order they were started. */
  all(): HostedExecution[] {
    return [...this.#byArn.values()];
  }
}
