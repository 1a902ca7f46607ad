import type { Cancel, Timers } from '../../clock/timers.ts';
import type { LoadedMachine } from '../definition/load.ts';
import { type Effect, pendingEffects, type ScheduleTask, type Stimulus } from '../interpreter/effects.ts';
import type { Execution } from '../interpreter/execution.ts';
import type { Advance, Interpreter } from '../interpreter/interpreter.ts';
import type { ExecutionRecord } from './execution-record.ts';

/** What a hosted execution needs from its runner. */
export interface ExecutionHost {
  readonly timers: Timers;
  readonly interpreter: Interpreter;
  /** Keeps simulated time still while the work is under way. */
  track<T>(work: () => Promise<T>): Promise<T>;
  /** Starts a task; its answers come through `deliver`. */
  runTask(hosted: HostedExecution, effect: ScheduleTask, signal: AbortSignal): void;
  /** Called after every step of the execution, before its effects. */
  stepped(hosted: HostedExecution, effects: readonly Effect[]): void | Promise<void>;
}

/** One execution with its timers and tasks in this process. */
export class HostedExecution {
  readonly record: ExecutionRecord;
  readonly #machine: LoadedMachine;
  readonly #host: ExecutionHost;
  readonly #timers = new Map<string, Cancel>();
  readonly #tasks = new Map<string, AbortController>();
  /** The interpreter gets one stimulus at a time; this is the last queued one. */
  #line: Promise<void> = Promise.resolve();
  #waiting = 0;
  #begun = false;

  constructor(record: ExecutionRecord, machine: LoadedMachine, host: ExecutionHost) {
    this.record = record;
    this.#machine = machine;
    this.#host = host;
  }

  get execution(): Execution {
    return this.record.execution;
  }

  /** Whether a stimulus is still being processed; its state must not be stored meanwhile. */
  get isBusy(): boolean {
    return this.#waiting > 0;
  }

  /** Runs a new execution until it waits for something; does nothing to one that has begun. */
  begin(): Promise<void> {
    if (this.#begun || this.execution.history.length > 0) return this.#line;
    this.#begun = true;
    return this.#enqueue((now) => this.#host.interpreter.begin(this.#machine, this.execution, now));
  }

  /** Sets up timers and tasks again after the execution was loaded from a store, possibly before its beginning. */
  resume(): void {
    if (this.execution.status !== 'RUNNING') return;
    if (this.execution.history.length === 0) void this.begin();
    else this.#carryOut(pendingEffects(this.execution));
  }

  /**
   * Continues an execution that ended without success where it stopped. `isDue` decides when its turn comes, also by an exception; `reopened` is
   * called before any part of the execution runs.
   */
  redrive(isDue: (now: Date) => boolean, reopened: () => void): Promise<void> {
    return this.#enqueue(async (now) => {
      if (!isDue(now)) return { execution: this.execution, effects: [] };
      this.#host.interpreter.reopen(this.#machine, this.execution, now);
      reopened();
      return this.#host.interpreter.takeUp(this.#machine, this.execution, now);
    });
  }

  /** Queues a stimulus for the execution. Resolves once it was processed. */
  deliver(stimulus: Stimulus): Promise<void> {
    if (stimulus.type === 'taskSucceeded' || stimulus.type === 'taskFailed') this.#tasks.delete(stimulus.taskId);
    return this.#enqueue((now) => this.#host.interpreter.advance(this.#machine, this.execution, stimulus, now));
  }

  #enqueue(work: (now: Date) => Promise<Advance>): Promise<void> {
    this.#waiting++;
    const before = this.#line;
    const done = this.#host.track(async () => {
      await before;
      try {
        const { effects } = await work(this.#host.timers.now());
        await this.#host.stepped(this, effects);
        this.#carryOut(effects);
      } finally {
        this.#waiting--;
      }
    });
    // A failed step rejects for its caller, and the later ones continue.
    this.#line = done.catch(() => {});
    return done.finally();
  }

  #carryOut(effects: readonly Effect[]): void {
    for (const effect of effects) this.#carryOutOne(effect);
  }

  #carryOutOne(effect: Effect): void {
    switch (effect.type) {
      case 'setTimer':
        this.#setTimer(effect.timerId, new Date(effect.at));
        break;
      case 'cancelTimer':
        this.#timers.get(effect.timerId)?.();
        this.#timers.delete(effect.timerId);
        break;
      case 'scheduleTask': {
        const controller = new AbortController();
        this.#tasks.set(effect.taskId, controller);
        this.#host.runTask(this, effect, controller.signal);
        break;
      }
      case 'cancelTask':
        this.#tasks.get(effect.taskId)?.abort();
        this.#tasks.delete(effect.taskId);
        break;
      case 'ended':
        this.#tasks.clear();
        this.#timers.clear();
    }
  }

  #setTimer(timerId: string, at: Date): void {
    const cancel = this.#host.timers.schedule(at, () => {
      this.#timers.delete(timerId);
      return this.deliver({ type: 'timerFired', timerId });
    });
    this.#timers.set(timerId, cancel);
  }
}
