import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEvent } from '../../asl/interpreter/history-event.ts';
import type { ExecutionRecord } from '../../asl/runner/execution-record.ts';
import type { MachineRecord } from '../../asl/runner/machine-registry.ts';
import type { RunnerState } from '../../asl/runner/requests.ts';
import { KeptWorld } from './kept-world.ts';
import { noState, openStateStore, type StateStore } from './state-store.ts';

/** The state that outlives the process: SQLite for the services, LevelDB for the tables. Without a folder nothing is kept. */
export class KeptState {
  readonly world: KeptWorld;
  readonly executions: KeptExecutions;
  /** Folder of the tables; in memory when absent. */
  readonly tables: string | undefined;
  /** The number of earlier starts with this state: 0 the first time. */
  readonly life: number;
  readonly #store: StateStore;

  constructor(folder: string | undefined) {
    this.#store = folder === undefined ? noState : openWhole(folder);
    this.life = (this.#store.get('lives') as number | undefined) ?? 0;
    this.#store.put('lives', this.life + 1);
    this.world = new KeptWorld(this.#store);
    this.executions = new KeptExecutions(this.#store, folder !== undefined);
    this.tables = folder === undefined ? undefined : join(folder, 'dynamodb');
  }

  /** Whether an earlier run can be continued; a run that ended before its config was applied cannot. */
  get isContinued(): boolean {
    return this.#store.get('complete') === true;
  }

  /** Marks the state as complete for a later start. `config` is the applied config. */
  complete(config: string): void {
    this.#store.put('config', config);
    this.#store.put('complete', true);
  }

  /** The config that was applied at the first start; users may have applied another one since. */
  get config(): string | undefined {
    return this.#store.get('config') as string | undefined;
  }

  close(): void {
    this.#store.close();
  }
}

/** The state of an unfinished start cannot be continued. */
function openWhole(folder: string): StateStore {
  const store = openStateStore(folder);
  if (store.get('complete') === true) return store;
  store.close();
  for (const part of ['state.sqlite', 'state.sqlite-wal', 'state.sqlite-shm', 'dynamodb'])
    rmSync(join(folder, part), { recursive: true, force: true });
  return openStateStore(folder);
}

const EXECUTION = 'execution/';
const HISTORY = 'history/';
const MACHINES = 'machines';

/** Keeps executions after every step. Their history only grows, so each event is written once. */
class KeptExecutions {
  readonly #store: StateStore;
  readonly #keeps: boolean;
  readonly #written = new Map<string, number>();

  constructor(store: StateStore, keeps: boolean) {
    this.#store = store;
    this.#keeps = keeps;
  }

  keep(record: ExecutionRecord): void {
    // Without a folder a history of thousands of events need not be read.
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

  /** The kept state of executions; undefined when there is none. */
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
    // Keys are sorted by name; lists of executions are sorted by their start.
    const byStart = executions.sort((a, b) => a.execution.startDate.localeCompare(b.execution.startDate));
    return { machines, executions: byStart, spentTokens: [] };
  }
}
