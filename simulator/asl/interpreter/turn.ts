import type { LoadedMachine } from '../definition/load.ts';
import type { State } from '../definition/states-language.ts';
import { stateFunctions } from '../expression/state-functions.ts';
import type { Json } from '../json/json.ts';
import type { Effect } from './effects.ts';
import type { Execution, PendingTimer, Strand } from './execution.ts';
import type { Failure } from './failure.ts';
import { type HistoryEventDetails, type HistoryEventType, maximumHistoryEvents } from './history-event.ts';

/** The inputs of an interpreter that a pure function cannot have. */
export interface Environment {
  /** A number from 0 up to, not including, 1: for `$random` and the jitter of retries. */
  readonly random: () => number;
  /** A version 4 UUID: for `$uuid` and task tokens. */
  readonly uuid: () => string;
}

/** A due step of a strand within this turn. */
export type Step =
  | { readonly do: 'enter' | 'begin' | 'proceed'; readonly strand: string }
  | { readonly do: 'succeed'; readonly strand: string; readonly output: Json }
  | { readonly do: 'fail'; readonly strand: string; readonly failure: Failure };

/** Thrown when the next event would exceed the limit. */
export class HistoryFull extends Error {
  override readonly name = 'HistoryFull';
}

/** One call of the interpreter: an execution at one instant, and its effects. */
export class Turn {
  readonly machine: LoadedMachine;
  readonly execution: Execution;
  readonly now: Date;
  readonly environment: Environment;
  readonly effects: Effect[] = [];
  readonly steps: Step[] = [];
  readonly #timestamp: string;
  #text: { readonly value: Json; readonly text: string } | undefined;
  #functions: Readonly<Record<string, unknown>> | undefined;

  constructor(machine: LoadedMachine, execution: Execution, now: Date, environment: Environment) {
    this.machine = machine;
    this.execution = execution;
    this.now = now;
    this.environment = environment;
    this.#timestamp = now.toISOString();
  }

  /** The functions expressions may call, bound to this instant. */
  get functions(): Readonly<Record<string, unknown>> {
    this.#functions ??= stateFunctions({ now: this.now, ...this.environment });
    return this.#functions;
  }

  /** The JSON text of a value. It is kept because the output of a state is the input of the next one, and both are recorded. */
  textOf(value: Json): string {
    if (this.#text === undefined || this.#text.value !== value) this.#text = { value, text: JSON.stringify(value) };
    return this.#text.text;
  }

  /** The definition of the state a strand is in. */
  stateOf(strand: Strand): State {
    const state = this.machine.scopes.get(strand.scope)?.States[strand.state];
    if (!state) throw new Error(`The machine has no state '${strand.state}' in scope '${strand.scope}'`);
    return state;
  }

  /** A number that no strand, task or timer of this execution had before. */
  newId(): string {
    return String(this.execution.nextId++);
  }

  /** Adds an event to the history, after the strand's last one. Throws {@link HistoryFull}. */
  record(strand: Strand | undefined, type: HistoryEventType, details: HistoryEventDetails = {}): number {
    const { history } = this.execution;
    const id = history.length + 1;
    if (id >= maximumHistoryEvents && this.machine.type === 'STANDARD' && !type.startsWith('Execution')) {
      throw new HistoryFull();
    }
    // On AWS the first state follows event 0, and not the start of the execution.
    const previousEventId = strand ? strand.lastEventId : (history.at(-1)?.id ?? 0);
    history.push({ timestamp: this.#timestamp, type, id, previousEventId, ...details });
    if (strand) strand.lastEventId = id;
    return id;
  }

  /** Adds an event beside a strand's line of events: the next one follows the previous one of the strand. Returns its number. */
  note(strand: Strand, type: HistoryEventType, details: HistoryEventDetails = {}): number {
    const { lastEventId } = strand;
    const id = this.record(strand, type, details);
    strand.lastEventId = lastEventId;
    return id;
  }

  /** Requests a timer `milliseconds` from now; one in the past fires at once. */
  setTimer(milliseconds: number, timer: Omit<PendingTimer, 'timerId' | 'at'>): string {
    const timerId = `timer-${this.newId()}`;
    const at = new Date(this.now.getTime() + Math.max(0, milliseconds)).toISOString();
    this.execution.timers[timerId] = { timerId, at, ...timer };
    this.effects.push({ type: 'setTimer', timerId, at });
    return timerId;
  }

  /** Starts the machine's timeout, if it has any. */
  startTimeout(): void {
    const { TimeoutSeconds } = this.machine.definition;
    if (TimeoutSeconds !== undefined) this.setTimer(1_000 * TimeoutSeconds, { purpose: 'execution-timeout' });
  }

  /** Cancels a timer, if it is still pending. */
  cancelTimer(timerId: string | undefined): void {
    if (timerId === undefined || !this.execution.timers[timerId]) return;
    delete this.execution.timers[timerId];
    this.effects.push({ type: 'cancelTimer', timerId });
  }

  /** Removes a task and its timers, and tells the host when it may stop working on it. */
  dropTask(taskId: string, cancel: boolean): void {
    const task = this.execution.tasks[taskId];
    if (!task) return;
    delete this.execution.tasks[taskId];
    this.cancelTimer(task.timeoutTimer);
    this.cancelTimer(task.heartbeatTimer);
    if (cancel) this.effects.push({ type: 'cancelTask', taskId });
  }
}
