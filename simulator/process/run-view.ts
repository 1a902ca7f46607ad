import type { Clock } from '../../core/ports/outside.ts';
import type { AuditItem, Table } from '../../core/ports/table.ts';
import type { Runner } from '../asl/runner/runner.ts';
import type { MuteRules } from '../cloud/alarms/mute-rules.ts';
import type { FakeEks } from '../eks/fake-eks.ts';
import type { GateShown } from './in-memory-gates.ts';

/** What a run of Liftlock shows to whoever checks or reports it, in one process or in the local cloud. */
export interface RunView {
  readonly clock: Clock;
  readonly table: Table;
  readonly eks: FakeEks;
  readonly runner: Runner;
  /** Which alarms are silenced. */
  readonly muteRules: MuteRules;
  /** What gates showed whenever they were read, the newest last; absent where nobody keeps it. */
  readonly gateReadings?: readonly GateShown[];
  /** When EKS described each cluster, by its ARN, in epoch milliseconds, the newest last; absent where nobody keeps it. */
  readonly looks?: ReadonlyMap<string, readonly number[]>;
  /** Every audit item, in the order in which they were written. */
  auditTimeline(): Promise<readonly AuditItem[]>;
  /** When an audit item was written by the time of the world, in epoch milliseconds; absent or undefined = as the item says. */
  writtenAt?(item: AuditItem): number | undefined;
}
