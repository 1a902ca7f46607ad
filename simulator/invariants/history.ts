import type { AuditItem } from '../../core/ports/table.ts';
import type { MutationRecord } from '../eks/log/mutation-record.ts';
import { acceptedMutations } from '../eks/log/timeline.ts';
import type { GateShown } from '../process/in-memory-gates.ts';
import type { RunView } from '../process/run-view.ts';
import { spokePrincipal } from '../process/world.ts';

/** A violated invariant of docs/simulation.md, with the evidence. */
export interface Violation {
  readonly invariant: string;
  readonly message: string;
}

/** The real events, from the fake EKS's own log and the audit, not from the state of the controller. */
export interface History {
  readonly world: RunView;
  /** By subject, oldest first. */
  readonly audit: ReadonlyMap<string, readonly AuditItem[]>;
  /** All subjects, in the order of writing. */
  readonly timeline: readonly AuditItem[];
  /** Mutations by Liftlock that EKS accepted, without replays of a token. */
  readonly ours: readonly MutationRecord[];
  /** When an audit item was written, in the time of the world, whatever its writer's clock was. Epoch milliseconds. */
  readonly writtenAt: (item: AuditItem) => number;
  /** The state of gates at each reading, in that order; undefined where it was not kept. */
  readonly gateReadings?: readonly GateShown[] | undefined;
  /** When EKS described each cluster, by its ARN, in epoch milliseconds; undefined where it was not kept. */
  readonly looks?: ReadonlyMap<string, readonly number[]> | undefined;
  /** The same with replays. */
  readonly sent: readonly MutationRecord[];
}

export async function historyOf(world: RunView): Promise<History> {
  const timeline = await world.auditTimeline();
  const audit = Map.groupBy(timeline, ({ subject }) => subject);
  const sent = acceptedMutations(world.eks.state, { withReplays: true }).filter(
    (mutation) => mutation.principal === spokePrincipal(mutation),
  );
  const writtenAt = (item: AuditItem): number => world.writtenAt?.(item) ?? Date.parse(item.at);
  const { gateReadings, looks } = world;
  return {
    world,
    audit,
    timeline,
    writtenAt,
    gateReadings,
    looks,
    sent,
    ours: sent.filter((mutation) => !mutation.replay),
  };
}

export const keyOfMutation = (mutation: MutationRecord): string =>
  `${mutation.clusterArn}@${new Date(mutation.clusterCreatedAt).toISOString()}`;
