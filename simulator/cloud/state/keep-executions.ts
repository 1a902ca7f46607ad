import type { HistoryEvent } from '../../asl/interpreter/history-event.ts';
import type { ExecutionRecord } from '../../asl/runner/execution-record.ts';
import type { MachineRecord } from '../../asl/runner/machine-registry.ts';
import type { RunnerState } from '../../asl/runner/requests.ts';
import type { StateStore } from './state-store.ts';

const EXECUTION = 'execution/';
const HISTORY = 'history/';
const MACHINES = 'machines';

/** Keeps executions after every step. Their history only grows, so each event is written once. */
export class KeptExecutions {
  readonly #store: StateStore;
  readonly #keeps: boolean;
  readonly #written = new Map<string, number>();

  constructor(store: StateStore, keeps: boolean) {
    this.#store = store;
    this.#keeps = keeps;
  }

  keep(record: ExecutionRecord): void {
    // A history of thousands of events is not gone through for nothing.
    if (!this.#keeps) return;
    const { history, ...execution } = record.execution;
    const { arn } = execution;
    for (let at = this.#written.get(arn) ?? 0; at < history.length; at++)
      this.#store.put(`${HISTORY}${arn}/${String(at).padStart(6, '0')}`, history[at]);
    this.#written.set(arn, history.length);
    this.#store.put(`${EXECUTION}${arn}`, { ...record, execution });
  }

  keepMachines(machines: readonly MachineRecord[]): void {
    this.#store.put(MACHINES, machines);
  }

  /** Everything as it was kept; nothing when there is nothing. */
  load(): RunnerState | undefined {
    const machines = this.#store.get(MACHINES) as MachineRecord[] | undefined;
    if (machines === undefined) return undefined;
    const executions = this.#store.withPrefix(EXECUTION).map(([, value]) => {
      const record = value as ExecutionRecord;
      const { arn } = record.execution;
      const history = this.#store.withPrefix(`${HISTORY}${arn}/`).map(([, event]) => event as HistoryEvent);
      this.#written.set(arn, history.length);
      return { ...record, execution: { ...record.execution, history } };
    });
    // Keys are in the order of names; lists of executions are in that of their starts.
    const byStart = executions.sort((a, b) => a.execution.startDate.localeCompare(b.execution.startDate));
    return { machines, executions: byStart, spentTokens: [] };
  }
}
