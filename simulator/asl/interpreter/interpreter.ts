import { given } from '../../../core/model/given.ts';
import type { LoadedMachine } from '../definition/load.ts';
import type { Json, JsonObject } from '../json/json.ts';
import { beginState } from './begin-state.ts';
import type { Effect, Stimulus } from './effects.ts';
import { type Execution, type ExecutionStatus, type PendingTimer, rootStrand, type Strand } from './execution.ts';
import type { Failure } from './failure.ts';
import { maximumHistoryEvents } from './history-event.ts';
import { runPart } from './recovery.ts';
import { standStill } from './stand-still.ts';
import { childFailed, childSucceeded, proceed } from './states/fan-out.ts';
import { taskFailed, taskHeartbeat, taskSubmitted, taskSucceeded, taskTimedOut } from './states/task-answers.ts';
import { endWait } from './states/wait.ts';
import { type Environment, HistoryFull, type Step, Turn } from './turn.ts';

/** The start of an execution. */
type ExecutionStart = Pick<Execution, 'arn' | 'name' | 'stateMachineArn' | 'stateMachineName' | 'roleArn' | 'input'>;

/** An execution after a step, with the next work of its host. `execution` is the object that was passed in. */
export interface Advance {
  readonly execution: Execution;
  readonly effects: readonly Effect[];
}

/** Runs executions, one stimulus at a time. It reads no clock and does no I/O; calls for one execution must not overlap. */
export interface Interpreter {
  /** Creates an execution that has not begun, with an empty history. */
  create(machine: LoadedMachine, start: ExecutionStart, now: Date): Execution;
  /** Runs a new execution until it waits for its host, or ends. */
  begin(machine: LoadedMachine, execution: Execution, now: Date): Promise<Advance>;
  /** Both at once. */
  start(machine: LoadedMachine, start: ExecutionStart, now: Date): Promise<Advance>;
  /** Redrives an execution that has ended without success: its status is running, and no part of it has run yet. */
  reopen(machine: LoadedMachine, execution: Execution, now: Date): void;
  /** Continues a reopened execution where it stopped, until it waits for its host, or ends. */
  takeUp(machine: LoadedMachine, execution: Execution, now: Date): Promise<Advance>;
  /** Reports an event to an execution and continues it. The execution is changed in place. */
  advance(machine: LoadedMachine, execution: Execution, stimulus: Stimulus, now: Date): Promise<Advance>;
}

async function timerFired(turn: Turn, timer: PendingTimer): Promise<void> {
  const strand = timer.strand === undefined ? undefined : turn.execution.strands[timer.strand];
  switch (timer.purpose) {
    case 'execution-timeout':
      return timeOut(turn);
    case 'task-timeout':
      return taskTimedOut(turn, timer.taskId, false);
    case 'heartbeat':
      return taskTimedOut(turn, timer.taskId, true);
    case 'wait':
      return strand && runPart(turn, strand, () => endWait(turn, strand));
    case 'retry':
      if (strand) turn.steps.push({ do: 'begin', strand: strand.id });
  }
}

function apply(turn: Turn, stimulus: Stimulus): void | Promise<void> {
  switch (stimulus.type) {
    case 'taskSucceeded':
      return taskSucceeded(turn, stimulus.taskId, stimulus.output);
    case 'taskFailed':
      return taskFailed(turn, stimulus.taskId, stimulus);
    case 'taskSubmitted':
      return taskSubmitted(turn, stimulus.taskId, stimulus.output);
    case 'taskHeartbeat':
      return taskHeartbeat(turn, stimulus.taskId);
    case 'timerFired': {
      const timer = turn.execution.timers[stimulus.timerId];
      if (!timer) return;
      delete turn.execution.timers[stimulus.timerId];
      return timerFired(turn, timer);
    }
    case 'stop':
      return abort(turn, stimulus);
  }
}

function newExecution(machine: LoadedMachine, start: ExecutionStart, now: Date): Execution {
  const root = {
    id: rootStrand,
    scope: '',
    variables: {},
    state: machine.definition.StartAt,
    input: start.input,
    enteredAt: '',
    enteredEventId: 0,
    lastEventId: 0,
    retryCount: 0,
    attempts: [],
  };
  return {
    ...start,
    status: 'RUNNING',
    startDate: now.toISOString(),
    stateTransitions: 0,
    nextId: 1,
    strands: { [root.id]: root },
    tasks: {},
    timers: {},
    history: [],
  };
}

function recordStart(turn: Turn): void {
  const { input, roleArn } = turn.execution;
  turn.record(undefined, 'ExecutionStarted', {
    executionStartedEventDetails: {
      input: JSON.stringify(input),
      inputDetails: { truncated: false },
      ...(roleArn === undefined ? {} : { roleArn }),
    },
  });
}

/** Makes an interpreter that takes randomness and UUIDs from `environment`. */
export function createInterpreter(environment: Environment): Interpreter {
  const begin = async (machine: LoadedMachine, execution: Execution, now: Date): Promise<Advance> => {
    const turn = new Turn(machine, execution, now, environment);
    await runTurn(turn, () => {
      recordStart(turn);
      turn.startTimeout();
      turn.steps.push({ do: 'enter', strand: rootStrand });
    });
    return { execution, effects: turn.effects };
  };
  return {
    create: newExecution,
    begin,
    reopen: (machine, execution, now) => reopen(new Turn(machine, execution, now, environment)),
    async takeUp(machine, execution, now) {
      const turn = new Turn(machine, execution, now, environment);
      await runTurn(turn, () => takeUp(turn));
      return { execution, effects: turn.effects };
    },
    start: async (machine, start, now) => begin(machine, newExecution(machine, start, now), now),
    async advance(machine, execution, stimulus, now) {
      const turn = new Turn(machine, execution, now, environment);
      if (execution.status === 'RUNNING') await runTurn(turn, () => apply(turn, stimulus));
      return { execution, effects: turn.effects };
    },
  };
}

function enterState(turn: Turn, strand: Strand): void {
  const { Type } = turn.stateOf(strand);
  strand.enteredAt = turn.now.toISOString();
  strand.retryCount = 0;
  strand.attempts = [];
  turn.execution.stateTransitions++;
  strand.enteredEventId = turn.record(strand, `${Type}StateEntered`, {
    stateEnteredEventDetails: {
      name: strand.state,
      input: turn.textOf(strand.input),
      inputDetails: { truncated: false },
    },
  });
}

async function take(turn: Turn, step: Step): Promise<void> {
  const strand = turn.execution.strands[step.strand];
  // A sibling's failure may have ended the strand since the step became due.
  if (!strand) return;
  switch (step.do) {
    case 'enter':
      enterState(turn, strand);
      return runPart(turn, strand, () => beginState(turn, strand));
    case 'begin':
      return runPart(turn, strand, () => beginState(turn, strand));
    case 'proceed':
      return proceed(turn, strand);
    case 'succeed':
      return strand.parent === undefined ? succeed(turn, step.output) : childSucceeded(turn, strand, step.output);
    case 'fail':
      return strand.parent === undefined ? fail(turn, step.failure) : childFailed(turn, strand, step.failure);
  }
}

/**
 * Runs `first` and then every due step, strands in turns, until all strands wait for the host. An execution with a full history fails, as on AWS, and
 * its last event says so.
 */
async function runTurn(turn: Turn, first: () => void | Promise<void>): Promise<void> {
  try {
    await first();
    for (let step = turn.steps.shift(); step; step = turn.steps.shift()) await take(turn, step);
  } catch (thrown) {
    if (!(thrown instanceof HistoryFull)) throw thrown;
    const cause = `The execution reached the maximum number of history events (${maximumHistoryEvents}).`;
    fail(turn, { error: 'States.Runtime', cause });
  }
}

/** Restarts an execution that ended without success, under the same ARN and with the same history. */
function reopen(turn: Turn): void {
  const { execution } = turn;
  const count = (execution.redriven?.count ?? 0) + 1;
  execution.redriven = { count, date: turn.now.toISOString() };
  execution.status = 'RUNNING';
  delete execution.stopDate;
  delete execution.error;
  delete execution.cause;
  // "Execution redrives are considered as state transitions." Source: developer guide, "redrive-executions".
  execution.stateTransitions++;
  turn.record(undefined, 'ExecutionRedriven', { executionRedrivenEventDetails: { redriveCount: count } });
}

/** Continues the states in which it stopped, each with its input; the machine's timeout begins again. */
function takeUp(turn: Turn): void {
  const { unfinished } = turn.execution;
  if (unfinished === undefined) return;
  delete turn.execution.unfinished;
  turn.startTimeout();
  takeUpStrand(turn, unfinished, turn.execution.history.length);
}

/** Retries are counted from zero. Branches and iterations that have ended keep their results. */
function takeUpStrand(turn: Turn, { stoppedFanOut, ...stopped }: Strand, lastEventId: number): void {
  const strand: Strand = { ...stopped, lastEventId, retryCount: 0, attempts: [] };
  turn.execution.strands[strand.id] = strand;
  if (stoppedFanOut === undefined) {
    // "Reenters the Fail state and fails again"; other states are scheduled, reevaluated or rerun, by AWS's text.
    const isEntered = strand.enteredEventId > 0 && turn.stateOf(strand).Type !== 'Fail';
    turn.steps.push({ do: isEntered ? 'begin' : 'enter', strand: strand.id });
    return;
  }
  const { unfinished, ...fanOut } = stoppedFanOut;
  strand.fanOut = { ...fanOut, running: unfinished.map(({ id }) => id) };
  for (const child of unfinished) takeUpStrand(turn, child, lastEventId);
  turn.steps.push({ do: 'proceed', strand: strand.id });
}

/** Drops everything that is still pending. */
function dropEverything(turn: Turn): void {
  const { execution } = turn;
  for (const taskId of Object.keys(execution.tasks)) turn.dropTask(taskId, true);
  for (const timerId of Object.keys(execution.timers)) turn.cancelTimer(timerId);
  execution.strands = {};
  turn.steps.length = 0;
}

function end(turn: Turn, status: Exclude<ExecutionStatus, 'RUNNING'>, outcome: { output?: Json } & Failure): void {
  const { execution } = turn;
  const root = execution.strands[rootStrand];
  if (status !== 'SUCCEEDED' && root !== undefined) execution.unfinished = standStill(turn, root);
  dropEverything(turn);
  const { output, error, cause } = outcome;
  const result = given({ output, error, cause });
  Object.assign(execution, result, { status, stopDate: turn.now.toISOString() });
  turn.effects.push({ type: 'ended', status, ...result });
}

const failureDetails = ({ error, cause }: Failure): JsonObject & Failure => given({ error, cause });

/** The machine's own strand ended. */
function succeed(turn: Turn, output: Json): void {
  const details = { output: JSON.stringify(output), outputDetails: { truncated: false } };
  turn.record(undefined, 'ExecutionSucceeded', { executionSucceededEventDetails: details });
  end(turn, 'SUCCEEDED', { output });
}

/** A failure that nothing caught. */
function fail(turn: Turn, thrown: Failure): void {
  const failure = failureDetails(thrown);
  turn.record(undefined, 'ExecutionFailed', { executionFailedEventDetails: failure });
  end(turn, 'FAILED', failure);
}

/** The machine's `TimeoutSeconds` have passed. */
function timeOut(turn: Turn): void {
  turn.record(undefined, 'ExecutionTimedOut', { executionTimedOutEventDetails: {} });
  end(turn, 'TIMED_OUT', {});
}

/** A caller stopped the execution. */
function abort(turn: Turn, failure: Failure): void {
  turn.record(undefined, 'ExecutionAborted', { executionAbortedEventDetails: failureDetails(failure) });
  end(turn, 'ABORTED', failure);
}
