import type { Upgrade } from '../../core/contracts/items/protocol.ts';
import type { StepReport } from './report-types.ts';

/** The steps of a cluster's upgrades in the order in which they began. */
export function stepsOf(upgrades: readonly Upgrade[]): StepReport[] {
  return upgrades
    .flatMap((upgrade) =>
      Object.entries(upgrade.steps).map(([step, state]) => ({
        hop: `${upgrade.from} → ${upgrade.to}`,
        step,
        status: state.status,
        startedAt: state.startedAt,
        endedAt: state.endedAt,
        reasons: state.reasons,
      })),
    )
    .sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}
