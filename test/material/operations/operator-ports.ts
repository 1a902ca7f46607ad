import type { LiftlockEvent } from '../../../core/contracts/events.ts';
import type { Table } from '../../../core/ports/table.ts';
import { Members, ReconcileMarkers } from '../../../core/store/entities.ts';
import { load } from '../../../core/store/entity.ts';
import { clock, type Kept, keep } from '../protocol/one-upgrade.ts';

/** Ports of a person's order over a table that keeps this; `told`: every event so far. */
export async function operatorPorts<Kind extends Table>(table: Kind, kept: Kept = {}) {
  await keep(table, kept);
  const told: LiftlockEvent[] = [];
  const publish = async (events: readonly LiftlockEvent[]): Promise<void> => void told.push(...events);
  return { table, clock, events: { publish }, told };
}

/** The table, which fails a read of all members of all rollouts ever made: these become more with each rollout. */
export function neverAllMembers<Kind extends Table>(table: Kind): Kind {
  const { queryKind } = table;
  table.queryKind = (kind, ...more) =>
    kind === Members.kind ? Promise.reject(new Error('It reads all members.')) : queryKind.call(table, kind, ...more);
  return table;
}

/** The one event that tells of a wave of the rollout `r`. */
export const toldOfWave = (detail: object) => [
  { type: 'WaveChanged', detail: { version: 1, change: expect.any(String), rolloutId: 'r', ...detail } },
];

/** What is on record of a subject, without what was written. */
export const recordOf = async (table: Table, subject: string) =>
  (await table.auditOf(subject)).map(({ event, principal, detail: { writes, ...detail } }) => ({
    event,
    principal,
    detail,
  }));

/** Whether the next tick looks at everything. */
export const isDirty = async (table: Table): Promise<boolean> =>
  (await load(table, ReconcileMarkers))?.data.dirtySince !== undefined;
