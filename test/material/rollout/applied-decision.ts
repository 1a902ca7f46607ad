import type { LiftlockEvent } from '../../../core/contracts/events.ts';
import { type Reason, reason } from '../../../core/contracts/step-result.ts';
import type { AuditItem, Table, WriteOperation } from '../../../core/ports/table.ts';
import { applyDecision } from '../../../core/rollout/apply-decision.ts';
import { Grants, Members, ReconcileMarkers, Rollouts, Upgrades, Waves } from '../../../core/store/entities.ts';
import { load, put } from '../../../core/store/entity.ts';
import { memberItem, rolloutItem, waveItem } from '../items/rollout-items.ts';
import { checksOf, clock, KEY, type Kept, keep, NOON } from '../protocol/one-upgrade.ts';

export type Decision = Parameters<typeof applyDecision>[1];

export const at = NOON.toISOString();
export const reasons: Reason[] = [reason('Settled', 'Every cluster has settled.')];
export const gone: Reason[] = [reason('Gone', 'The cluster does not exist any more.')];
export const change = expect.any(String);
export const rollout = rolloutItem({ waves: ['before', 'all'] });
export const wave = waveItem({ index: 1, members: 3, needWork: 3, maxConcurrency: 3, inFlight: 1 });
export const before = waveItem({ index: 0, name: 'before', status: 'Completed' });
export const member = memberItem({ clusterKey: KEY, waveIndex: 1 });

/** Of the look that has decided. */
export const marker = { key: ReconcileMarkers.key(), data: { lastFullAt: at }, revision: 1 };

/** The memory's; core may not import it. */
interface WatchedTable extends Table {
  beforeTransact: ((operations: readonly WriteOperation[]) => void) | undefined;
  auditOf(subject: string): Promise<AuditItem[]>;
}

/** What a decision comes to over what is kept in such a table, and what started fails with. */
export const appliedTo =
  (tableOf: () => WatchedTable) =>
  async (decision: Decision, kept: Kept = {}, fails?: string, seen?: typeof marker) => {
    const table = tableOf();
    await keep(table, { rollout, waves: [before, wave], member, ...kept });
    const operations: WriteOperation[] = [];
    table.beforeTransact = (each) => operations.push(...each);
    const told: LiftlockEvent[] = [];
    const started: unknown[] = [];
    const ports = {
      table,
      clock,
      events: { publish: async (events: readonly LiftlockEvent[]) => void told.push(...events) },
      ids: { next: () => '0f1e2d3c-0000-4000-8000-000000000000' },
      hooks: { ask: async () => ({ answer: 'go' as const, message: '' }) },
      executions: {
        arnFor: (machine: string, name: string) => `arn:${machine}:${name}`,
        start: async (machine: string, _: string, input: object) => {
          started.push({ machine, ...input });
          if (fails !== undefined) throw Object.assign(new Error(fails), { name: fails });
        },
        describe: async () => undefined,
      },
    };
    if (seen !== undefined) await table.transact([put(ReconcileMarkers, seen.data, 'absent')]);
    operations.length = 0;
    await applyDecision(ports, decision, seen);
    const recordOf = async (subject: string) =>
      (await table.auditOf(subject)).map(({ event, principal, detail: { writes, ...detail } }) => ({
        event,
        principal,
        detail,
      }));
    return {
      table,
      told,
      started,
      operations,
      checks: checksOf(operations),
      record: [...(await recordOf('rollout/r')), ...(await recordOf(KEY))],
      rollout: (await load(table, Rollouts, 'r'))?.data,
      wave: (await load(table, Waves, 'r', 1))?.data,
      member: (await load(table, Members, 'r', 1, KEY))?.data,
      upgrade: (await load(table, Upgrades, KEY, '1.36-1.37'))?.data,
      grant: (await load(table, Grants, KEY))?.data,
    };
  };
export const NOTHING = { told: [], operations: [] };
