import type { FleetSpec } from '../config/types.ts';
import type { AccountState } from '../contracts/items/cluster.ts';
import { loadLivingRecords } from '../inventory/records.ts';
import { FLEET, fleetSpec } from '../policy/applied.ts';
import type { Ports } from '../ports/ports.ts';
import { Accounts, Configs, FleetControls, Grants, Ledgers } from '../store/entities.ts';
import { decode, load } from '../store/entity.ts';

/** The fleet as a whole: may anything change, who stopped it, what could be read. */
export interface FleetStatus {
  /** Null while no Fleet is applied, or when this version cannot read it: then nothing acts. */
  readonly mode: FleetSpec['mode'] | null;
  readonly stopped: boolean;
  readonly stoppedBy: string | null;
  readonly stoppedAt: string | null;
  readonly stopReason: string | null;
  readonly revision: string | null;
  readonly appliedBy: string | null;
  readonly appliedAt: string | null;
  readonly spec: FleetSpec | null;
  readonly clusters: number;
  /** Upgrades that may act right now, and how many count against each cap. */
  readonly upgradesInFlight: number;
  readonly capCounts: Readonly<Record<string, number>>;
  readonly accounts: readonly AccountState[];
  /** Version of the time-zone data that windows are judged by where Liftlock runs: `2026c`. */
  readonly timeZoneData?: string | undefined;
}

export async function fleetStatus(ports: Pick<Ports, 'table'>): Promise<FleetStatus> {
  const { table } = ports;
  const [config, control, ledger, accounts, records, active] = await Promise.all([
    load(table, Configs, 'Fleet', FLEET),
    load(table, FleetControls),
    load(table, Ledgers),
    table.queryPartition('ACCOUNTS'),
    loadLivingRecords(table),
    table.queryActive(),
  ]);
  const spec = fleetSpec(config?.data);
  const stopped = control?.data.stopped === true;
  return {
    mode: spec?.mode ?? null,
    stopped,
    stoppedBy: stopped ? (control.data.by ?? null) : null,
    stoppedAt: stopped ? (control.data.at ?? null) : null,
    stopReason: stopped ? (control.data.reason ?? null) : null,
    revision: config?.data.revision ?? null,
    appliedBy: config?.data.appliedBy ?? null,
    appliedAt: config?.data.appliedAt ?? null,
    spec: spec ?? null,
    clusters: records.length,
    upgradesInFlight: active.filter((item) => item.kind === Grants.kind).length,
    capCounts: ledger?.data.counts ?? {},
    accounts: accounts.map((item) => {
      const { names: _, ...state } = decode(Accounts, item).data;
      return state;
    }),
  };
}
