import type { Clock } from '../../core/ports/outside.ts';
import type { AuditItem, Table } from '../../core/ports/table.ts';
import type { Runner } from '../asl/runner/runner.ts';
import type { MuteRules } from '../cloud/alarms/mute-rules.ts';
import type { FakeEks } from '../eks/fake-eks.ts';
import type { GateShown } from './in-memory-gates.ts';

/** The view of a run for checks and reports, in one process or in the local cloud. */
export interface RunView {
  readonly clock: Clock;
  readonly table: Table;
  readonly eks: FakeEks;
  readonly runner: Runner;
  /** The mute rules of alarms. */
  readonly muteRules: MuteRules;
  /** The state of gates at each reading, the newest last; absent where it is not kept. */
  readonly gateReadings?: readonly GateShown[];
  /** When EKS described each cluster, by its ARN, in epoch milliseconds, the newest last; absent where it is not kept. */
  readonly looks?: ReadonlyMap<string, readonly number[]>;
  /** What functions asked for that their roles do not allow; absent where AWS's own refusals are in the log. */
  readonly forbidden?: readonly string[];
  /** Every audit item, in the order of writing. */
  auditTimeline(): Promise<readonly AuditItem[]>;
  /** When an audit item was written in the time of the world, in epoch milliseconds; the item's own time when absent or undefined. */
  writtenAt?(item: AuditItem): number | undefined;
}
