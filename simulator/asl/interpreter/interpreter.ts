import type { LoadedMachine } from '../definition/load.ts';
import type { Json } from '../json/json.ts';
import type { Effect, Stimulus } from './effects.ts';
import { abort, timeOut } from './ending.ts';
import { type Execution, type PendingTimer, rootStrand } from './execution.ts';
import { runPart } from './recovery.ts';
import { reopen, takeUp } from './redrive.ts';
import { taskFailed, taskHeartbeat, taskSubmitted, taskSucceeded, taskTimedOut } from './states/task-answers.ts';
import { endWait } from './states/wait.ts';
import { runTurn } from './stepping.ts';
import { type Environment, Turn } from './turn.ts';

/** What an execution is started with. */
export interface ExecutionStart {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly roleArn?: string;
  readonly input: Json;
}

/** An execution after it moved on, and what its host has to do now. `execution` is the object that was passed in. */
export interface Advance {
  readonly execution: Execution;
  readonly effects: readonly Effect[];
}

/** Runs executions, one stimulus at a time. Neither reads a clock nor does I/O; calls for one execution must not overlap. */
export interface Interpreter {
  /** Makes an execution that has not begun: nothing is in its history yet. */
  create(machine: LoadedMachine, start: ExecutionStart, now: Date): Execution;
  /** Runs a new execution until it waits for its host, or ends. */
  begin(machine: LoadedMachine, execution: Execution, now: Date): Promise<Advance>;
  /** Both at once. */
  start(machine: LoadedMachine, start: ExecutionStart, now: Date): Promise<Advance>;
  /** Redrives an execution that has ended without success: it is running again, and nothing of it has run yet. */
  reopen(machine: LoadedMachine, execution: Execution, now: Date): void;
  /** Runs a reopened execution on from where it stopped, until it waits for its host, or ends. */
  takeUp(machine: LoadedMachine, execution: Execution, now: Date): Promise<Advance>;
  /** Tells an execution what happened and runs it on. The execution is changed in place. */
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
