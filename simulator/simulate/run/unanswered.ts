import { explainCluster } from '../../../core/queries/explain-cluster.ts';
import { loadSnapshot } from '../../../core/rollout/load-snapshot.ts';
import { Clusters } from '../../../core/store/entities.ts';
import { loadKind } from '../../../core/store/entity.ts';
import type { Violation } from '../../invariants/history.ts';
import type { World } from '../../process/world.ts';

/** Names of errors that no fault of a run has: an invocation that ends with one of them is wrong itself. */
const MISTAKES: readonly string[] = ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'ZodError'];

/** While nothing moves the reconciler looks every four minutes, so what is due may still be about to begin. */
const LOOKED_AT_MILLISECONDS = 5 * 60_000;

/**
 * 27 `answered`: no invocation ended with a mistake of its own. At rest `explain` has an answer for every cluster: a reason, and no instant at which
 * something was to happen and that has passed.
 */
export async function unanswered(world: World): Promise<Violation[]> {
  const violations = world.faults.flatMap(({ function: name, error }) =>
    error instanceof Error && MISTAKES.includes(error.name) ? [answered(`${name} failed: ${error.stack}`)] : [],
  );
  const due = new Date(world.clock.now().getTime() - LOOKED_AT_MILLISECONDS);
  const snapshot = await loadSnapshot(world.table, await world.table.queryActive(), 'fleet');
  for (const cluster of await loadKind(world.table, Clusters)) {
    const { state, reasons, when } = await explainCluster(world.ports, cluster, snapshot);
    if (reasons.length === 0) violations.push(answered(`${cluster.name} is ${state}, and no reason is given`));
    if (when.at !== null && new Date(when.at) < due)
      violations.push(answered(`${cluster.name} is ${state}, and was to go on at ${when.at}: ${reasons[0]?.message}`));
  }
  return violations;
}

const answered = (message: string): Violation => ({ invariant: 'answered', message });
