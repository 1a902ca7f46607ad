import type { UpgradePolicy } from '../../../core/config/types.ts';
import type { LiftlockEvent } from '../../../core/contracts/events.ts';
import type { RegionVersions } from '../../../core/contracts/items/cluster.ts';
import type { ReconcileMarker } from '../../../core/contracts/items/rollout.ts';
import type { Table, WriteOperation } from '../../../core/ports/table.ts';
import { type ReconcilePorts, reconcileRollouts } from '../../../core/rollout/reconcile-rollouts.ts';
import { ReconcileMarkers } from '../../../core/store/entities.ts';
import { load, put } from '../../../core/store/entity.ts';
import { policyWith } from '../policy/policies.ts';
import { cluster, type Kept, keep, NOON } from '../protocol/one-upgrade.ts';
import { offered } from './fleet-snapshot.ts';

const MINUTE = 60_000;
export const ago = (minutes: number): string => new Date(NOON.getTime() - minutes * MINUTE).toISOString();
export const LOOKED: ReconcileMarker = { lastFullAt: ago(30) };
/** No rollout at all; the cluster and its policy are there. */
export const QUIET: Kept = { rollout: undefined, waves: [], member: undefined };

export interface Given {
  readonly kept?: Kept;
  /** Null: there is none yet. */
  readonly marker?: ReconcileMarker | null;
  readonly put?: readonly WriteOperation[];
  readonly ports?: Partial<ReconcilePorts>;
}

/** A table that keeps this, and one tick over it. */
export async function oneTick<Kind extends Table>(
  table: Kind,
  { kept = QUIET, marker = LOOKED, put: more = [], ports: given = {} }: Given = {},
) {
  await keep(table, kept);
  const first = marker === null ? [] : [put(ReconcileMarkers, marker, 'absent')];
  if (first.length + more.length > 0) await table.transact([...first, ...more]);
  const told: LiftlockEvent[] = [];
  const started: string[] = [];
  const described: string[] = [];
  const ports: ReconcilePorts = {
    table,
    clock: { now: () => NOON },
    eks: {} as ReconcilePorts['eks'],
    gates: { read: async () => ({ gate: 'g', status: 'green', message: '' }) },
    hooks: { ask: async () => ({ answer: 'go', message: '' }) },
    events: { publish: async (events) => void told.push(...events) },
    ids: { next: () => '0f1e2d3c-0000-4000-8000-000000000000' },
    executions: {
      arnFor: () => '',
      start: async (machine, name) => void started.push(`${machine} ${name}`),
      describe: async (arn) => {
        described.push(arn);
        return { status: 'RUNNING', input: '{}' };
      },
    },
    ...given,
  };
  const markerNow = async () => (await load(table, ReconcileMarkers))?.data;
  return {
    table,
    ports,
    told,
    started,
    described,
    markerNow,
    tick: (endedExecution?: string) => reconcileRollouts(ports, endedExecution === undefined ? {} : { endedExecution }),
  };
}

/** The account of the Fleet, as discovery has looked into it. */
export const account = {
  ...{ account: cluster.account, region: cluster.region, status: 'Ok' as const, clusters: 1 },
  checkedAt: ago(5),
};
/** What the Region of the Fleet offers. */
export const offers: RegionVersions = {
  region: cluster.region,
  versions: ['1.36', '1.37'].map(offered),
  announced: [],
  checkedAt: ago(5),
};

const manual = policyWith({ name: 'p' });
/** The policy whose rollouts begin by themselves. */
export const automatic: UpgradePolicy = { ...manual, spec: { ...manual.spec, trigger: 'automatic' } };
