import type { LoadedMachine } from '../definition/load.ts';
import type { State } from '../definition/states-language.ts';
import { stateFunctions } from '../expression/state-functions.ts';
import type { Json } from '../json/json.ts';
import type { Effect } from './effects.ts';
import type { Execution, PendingTimer, Strand } from './execution.ts';
import type { Failure } from './failure.ts';
import { type HistoryEventDetails, type HistoryEventType, maximumHistoryEvents } from './history-event.ts';

/** Where an interpreter takes from what a pure function cannot have. */
export interface Environment {
  /** A number from 0 up to, not including, 1: for `$random` and the jitter of retries. */
  readonly random: () => number;
  /** A version 4 UUID: for `$uuid` and task tokens. */
  readonly uuid: () => string;
}

/** A step a strand has yet to take within this turn. */
export type Step =
  | { readonly do: 'enter' | 'begin' | 'proceed'; readonly strand: string }
  | { readonly do: 'succeed'; readonly strand: string; readonly output: Json }
  | { readonly do: 'fail'; readonly strand: string; readonly failure: Failure };

/** Thrown when the next event would be one too many. */
export class HistoryFull extends Error {
  override readonly name = 'HistoryFull';
}

/** One call of the interpreter: an execution as it moves on at one instant, and what comes of that. */
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

  /** The JSON text of a value: what one state gives the next one gets, and both are written down. */
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

  /** A number no strand, task or timer of this execution had before. */
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
    // The first state follows event 0, as AWS writes it, and not the start of the execution.
    const previousEventId = strand ? strand.lastEventId : (history.at(-1)?.id ?? 0);
    history.push({ timestamp: this.#timestamp, type, id, previousEventId, ...details });
    if (strand) strand.lastEventId = id;
    return id;
  }

  /** Adds an event beside the line of a strand: the next one follows what was before it. Gives its number. */
  note(strand: Strand, type: HistoryEventType, details: HistoryEventDetails = {}): number {
    const { lastEventId } = strand;
    const id = this.record(strand, type, details);
    strand.lastEventId = lastEventId;
    return id;
  }

  /** Asks for a timer `milliseconds` from now; one in the past fires at once. */
  setTimer(milliseconds: number, timer: Omit<PendingTimer, 'timerId' | 'at'>): string {
    const timerId = `timer-${this.newId()}`;
    const at = new Date(this.now.getTime() + Math.max(0, milliseconds)).toISOString();
    this.execution.timers[timerId] = { timerId, at, ...timer };
    this.effects.push({ type: 'setTimer', timerId, at });
    return timerId;
  }

  /** Starts the time within which the machine has to end, if it has any. */
  startTimeout(): void {
    const { TimeoutSeconds } = this.machine.definition;
    if (TimeoutSeconds !== undefined) this.setTimer(1_000 * TimeoutSeconds, { purpose: 'execution-timeout' });
  }

  /** Takes a timer back, if it is still pending. */
  cancelTimer(timerId: string | undefined): void {
    if (timerId === undefined || !this.execution.timers[timerId]) return;
    delete this.execution.timers[timerId];
    this.effects.push({ type: 'cancelTimer', timerId });
  }

  /** Takes a task and its timers out, and tells the host when it may stop working on it. */
  dropTask(taskId: string, cancel: boolean): void {
    const task = this.execution.tasks[taskId];
    if (!task) return;
    delete this.execution.tasks[taskId];
    this.cancelTimer(task.timeoutTimer);
    this.cancelTimer(task.heartbeatTimer);
    if (cancel) this.effects.push({ type: 'cancelTask', taskId });
  }
}
