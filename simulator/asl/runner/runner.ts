import type { Effect, Stimulus } from '../interpreter/effects.ts';
import type { Execution } from '../interpreter/execution.ts';
import { maximumHistoryEvents } from '../interpreter/history-event.ts';
import { createInterpreter, type Interpreter } from '../interpreter/interpreter.ts';
import { exceedsDataLimit } from '../json/data-limit.ts';
import type { Json } from '../json/json.ts';
import { describe, type ExecutionDescription } from './execution-description.ts';
import type { ExecutionRecord, RedriveToken } from './execution-record.ts';
import { ExecutionStore } from './execution-store.ts';
import { HostedExecution } from './hosted-execution.ts';
import { MachineRegistry } from './machine-registry.ts';
import { checkName, executionArnOf } from './names.ts';
import { whyNotRedrivable } from './redrivability.ts';
import type {
  ExecutionsPage,
  GetExecutionHistory,
  HistoryPage,
  ListExecutions,
  Page,
  RedriveExecution,
  RunnerOptions,
  RunnerState,
  StartExecution,
} from './requests.ts';
import { ServiceError } from './service-error.ts';
import { endOfChild, runTask, type TaskHost } from './task-runner.ts';

function parseJson(text: string, error: 'InvalidExecutionInput' | 'InvalidOutput', message: string): Json {
  try {
    if (!exceedsDataLimit(text)) return JSON.parse(text);
  } catch {
    // Both reasons lead to the same refusal below.
  }
  throw new ServiceError(error, message);
}

const expressRefused = 'RedriveExecution is not supported by EXPRESS state machines';

/** An execution without history cannot be redriven either. */
function forgetHistory(execution: Execution): void {
  execution.history = [];
  delete execution.unfinished;
}

/**
 * Hosts state machines and their executions like Step Functions, on the given clock. Tasks go to `invokeTask`, except those that start executions of
 * machines hosted here. Errors are {@link ServiceError}s with AWS's codes.
 */
export class Runner {
  /** The state machines: create, update and look up. */
  readonly machines = new MachineRegistry();
  readonly #executions = new ExecutionStore();
  readonly #tokens = new TaskTokens();
  readonly #options: RunnerOptions;
  readonly #interpreter: Interpreter;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#interpreter = createInterpreter(options.environment);
  }

  /**
   * Starts an execution. A repetition with the name and input of a running one returns the same answer. Throws StateMachineDoesNotExist, InvalidName,
   * InvalidExecutionInput and ExecutionAlreadyExists.
   */
  async startExecution(request: StartExecution): Promise<{ executionArn: string; startDate: Date }> {
    const hosted = this.#create(request);
    const { record } = hosted;
    await hosted.begin();
    return { executionArn: record.execution.arn, startDate: new Date(record.execution.startDate) };
  }

  /** Throws ExecutionDoesNotExist. */
  describeExecution(executionArn: string): ExecutionDescription {
    return this.#describe(this.#executions.get(executionArn));
  }

  /** Stops a running execution, and the children it waits for. Throws ExecutionDoesNotExist. */
  async stopExecution(request: { executionArn: string; error?: string; cause?: string }): Promise<{ stopDate: Date }> {
    const { executionArn, ...failure } = request;
    const hosted = this.#executions.get(executionArn);
    await hosted.deliver({ type: 'stop', ...failure });
    return { stopDate: new Date(hosted.execution.stopDate ?? this.#options.timers.now()) };
  }

  /**
   * Continues an execution that failed, timed out or was stopped where it ended. Throws ExecutionDoesNotExist and ExecutionNotRedrivable. A child
   * that a task waits for is not redriven with its parent: the task starts it again, under the same name.
   */
  async redriveExecution({ executionArn, clientToken }: RedriveExecution): Promise<{ redriveDate: Date }> {
    const hosted = this.#executions.get(executionArn);
    const { record, execution } = hosted;
    const { type } = this.machines.get(execution.stateMachineArn).record;
    let redriveDate = this.#options.timers.now();
    const isDue = (now: Date): boolean => {
      const before = dateOfToken(record, clientToken, now);
      redriveDate = before ?? now;
      if (before !== undefined) return false;
      const why = type === 'EXPRESS' ? expressRefused : whyNotRedrivable(execution, now);
      if (why !== undefined) throw new ServiceError('ExecutionNotRedrivable', `${why}: '${executionArn}'`);
      if (clientToken !== undefined) record.redriveTokens = withToken(record, clientToken, now);
      return true;
    };
    await hosted.redrive(isDue, () => this.#options.onStatusChange?.(this.#describe(hosted)));
    return { redriveDate };
  }

  /** Fills the history of an execution with its last event, so that the next one exceeds the limit: it replaces months of a loop. */
  fillHistory(executionArn: string): void {
    const { history = [], status } = this.#executions.find(executionArn)?.execution ?? {};
    const last = history.at(-1);
    if (last === undefined || status !== 'RUNNING') return;
    for (let id = last.id + 1; id < maximumHistoryEvents; id += 1)
      history.push({ ...last, id, previousEventId: id - 1 });
  }

  /** Throws ExecutionDoesNotExist. */
  getExecutionHistory(request: GetExecutionHistory): HistoryPage {
    const { history } = this.#executions.get(request.executionArn).execution;
    const { items, ...next } = cutPage(request.reverseOrder ? history.toReversed() : history, request);
    return { events: items, ...next };
  }

  /** Newest first. Throws StateMachineDoesNotExist. */
  listExecutions(request: ListExecutions): ExecutionsPage {
    const { record } = this.machines.get(request.machineArn);
    const wanted = this.#executions
      .ofMachine(record.arn)
      .filter(({ execution }) => (request.statusFilter ?? execution.status) === execution.status)
      .toReversed();
    const { items, ...next } = cutPage(wanted, request);
    return { executions: items.map((hosted) => this.#describe(hosted)), ...next };
  }

  /** State transitions of all executions so far, which AWS charges for. */
  stateTransitions(): number {
    return this.#executions.all().reduce((sum, hosted) => sum + hosted.execution.stateTransitions, 0);
  }

  /** Ends a task that waits for its token. Throws InvalidOutput, InvalidToken and TaskTimedOut. */
  async sendTaskSuccess(request: { taskToken: string; output: string }): Promise<void> {
    const output = parseJson(request.output, 'InvalidOutput', `Invalid Output: 'Invalid JSON'`);
    return this.#sendTask(request.taskToken, (taskId) => ({ type: 'taskSucceeded', taskId, output }));
  }

  /** Fails a task that waits for its token. Throws InvalidToken and TaskTimedOut. */
  async sendTaskFailure(request: { taskToken: string; error?: string; cause?: string }): Promise<void> {
    const { taskToken, ...failure } = request;
    return this.#sendTask(taskToken, (taskId) => ({ type: 'taskFailed', taskId, ...failure }));
  }

  /** Reports that the work on a task continues. Throws InvalidToken and TaskTimedOut. */
  async sendTaskHeartbeat(request: { taskToken: string }): Promise<void> {
    return this.#sendTask(request.taskToken, (taskId) => ({ type: 'taskHeartbeat', taskId }));
  }

  /** The state of the runner, once no execution is between two states. The value shares objects with the runner. */
  async exportState(): Promise<RunnerState> {
    while (this.#executions.all().some((hosted) => hosted.isBusy)) {
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    return {
      machines: this.machines.records(),
      executions: this.#executions.all().map(({ record }) => record),
      spentTokens: this.#tokens.spentTokens(),
    };
  }

  /** Imports the state of an earlier runner into an empty one, and starts its pending tasks and timers again. */
  importState(state: RunnerState): void {
    this.machines.restore(state.machines);
    this.importExecutions(state);
  }

  /** The same for existing machines, possibly with newer definitions than those of the stored executions. */
  importExecutions(state: Pick<RunnerState, 'executions' | 'spentTokens'>): void {
    this.#tokens.restore(state.spentTokens);
    const resumed = state.executions.map((record) => this.#host(record));
    for (const hosted of resumed) hosted.resume();
    // A child may have ended after its parent was stored; a second report to the parent has no effect.
    for (const { record } of resumed) if (record.execution.status !== 'RUNNING') this.#tellParents(record);
  }

  /** Adds an execution that has not begun, or finds the running one with the same name and input. */
  #create(request: StartExecution): HostedExecution {
    const { record: machine, loaded } = this.machines.get(request.machineArn);
    const name = request.name ?? this.#options.environment.uuid();
    checkName(name);
    const inputText = request.input ?? '{}';
    const input = parseJson(inputText, 'InvalidExecutionInput', 'Invalid State Machine Execution Input');
    const arn = executionArnOf(machine.arn, name);
    const existing = this.#executions.find(arn);
    if (existing) {
      if (existing.execution.status === 'RUNNING' && existing.record.inputText === inputText) return existing;
      throw new ServiceError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const revision = loaded.length - 1;
    const { roleArn } = machine;
    const start = { arn, name, stateMachineArn: machine.arn, stateMachineName: machine.name, input };
    const execution = this.#interpreter.create(
      this.machines.revision(machine.arn, revision),
      { ...start, ...(roleArn === undefined ? {} : { roleArn }) },
      this.#options.timers.now(),
    );
    const hosted = this.#host({ execution, inputText, revision, startedBy: [] });
    this.#options.onStatusChange?.(this.#describe(hosted));
    return hosted;
  }

  #host(record: ExecutionRecord): HostedExecution {
    const { timers, invokeTask, authorizeChild = () => {}, track = (work) => work() } = this.#options;
    const tasks: TaskHost = {
      invokeTask,
      authorizeChild,
      createChild: (request, startedBy) => {
        const child = this.#create(request);
        child.record.startedBy.push(startedBy);
        this.#executions.indexStarter(child, startedBy);
        return child;
      },
      childOf: (executionArn, taskId) => this.#executions.childOf(executionArn, taskId),
    };
    const machine = this.machines.revision(record.execution.stateMachineArn, record.revision);
    const hosted = new HostedExecution(record, machine, {
      timers,
      interpreter: this.#interpreter,
      track,
      runTask: (parent, effect, signal) => void track(() => runTask(tasks, parent, effect, signal)),
      stepped: (stepped, effects) => this.#stepped(stepped, effects),
    });
    this.#executions.add(hosted);
    this.#tokens.update(record.execution);
    return hosted;
  }

  #describe({ record }: HostedExecution): ExecutionDescription {
    return describe(record, this.#options.timers.now());
  }

  async #stepped(hosted: HostedExecution, effects: readonly Effect[]): Promise<void> {
    const { record } = hosted;
    this.#tokens.update(record.execution);
    await this.#options.onStep?.(record);
    if (!effects.some((effect) => effect.type === 'ended')) return;
    const description = this.#describe(hosted);
    if (description.redriveStatus !== 'REDRIVABLE' && this.#options.keepHistory?.(description) === false)
      forgetHistory(record.execution);
    this.#options.onStatusChange?.(description);
    this.#tellParents(record);
  }

  #tellParents(record: ExecutionRecord): void {
    for (const startedBy of record.startedBy) {
      if (!startedBy.waitsFor) continue;
      void this.#executions
        .find(startedBy.executionArn)
        ?.deliver(endOfChild(record, startedBy, this.#options.timers.now()));
    }
  }

  #sendTask(token: string, stimulus: (taskId: string) => Stimulus): Promise<void> {
    const { executionArn, taskId } = this.#tokens.target(token);
    return this.#executions.get(executionArn).deliver(stimulus(taskId));
  }
}

const defaultResults = 100;
const maximumResults = 1_000;

/** Returns a page of a list; the token is the position of the next page. */
function cutPage<T>(items: readonly T[], page: Page): { items: readonly T[]; nextToken?: string } {
  const start = page.nextToken === undefined ? 0 : Number(page.nextToken);
  const size = Math.min(page.maxResults || defaultResults, maximumResults);
  const end = start + size;
  return { items: items.slice(start, end), ...(end < items.length ? { nextToken: String(end) } : {}) };
}

/** "The last 10 client tokens used to successfully redrive the execution … up to 15 minutes after they are first used." Source: API reference of RedriveExecution. */
const REMEMBERED = 10;
const VALID_MILLISECONDS = 15 * 60_000;

/** The time of a redrive with a token that is still valid. */
function dateOfToken(record: ExecutionRecord, token: string | undefined, now: Date): Date | undefined {
  const used = record.redriveTokens?.findLast((one) => one.token === token);
  if (used === undefined || now.getTime() - Date.parse(used.date) > VALID_MILLISECONDS) return undefined;
  return new Date(used.date);
}

/** The tokens to keep after the use of this one. */
function withToken(record: ExecutionRecord, token: string, now: Date): readonly RedriveToken[] {
  return [...(record.redriveTokens ?? []), { token, date: now.toISOString() }].slice(-REMEMBERED);
}

/** The task of a token. */
interface TokenTarget {
  readonly executionArn: string;
  readonly taskId: string;
}

/** Knows the task of each token, and the used tokens, because AWS separates late answers from unknown tokens. */
class TaskTokens {
  readonly #open = new Map<string, TokenTarget>();
  readonly #openByExecution = new Map<string, Set<string>>();
  readonly #spent = new Set<string>();

  /** Updates the tokens of an execution from its tasks. */
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

  /** The used tokens, to be stored; open ones follow from the executions. */
  spentTokens(): string[] {
    return [...this.#spent];
  }

  /** Restores stored used tokens. */
  restore(spent: readonly string[]): void {
    for (const token of spent) this.#spent.add(token);
  }
}
