import { Grants, Members, Upgrades } from '../../core/store/entities.ts';
import { decode } from '../../core/store/entity.ts';
import type { RunView } from './run-view.ts';

/**
 * Nothing runs and nothing will by itself: no execution, no grant, no upgrade that resumes, no outside actor still to come. A parked
 * upgrade or a pending member that waits for a person is at rest.
 */
export async function isAtRest(world: RunView): Promise<boolean> {
  const now = world.clock.now().getTime();
  if (world.eks.state.actors.some((actor) => actor.at > now)) return false;
  const active = await world.table.queryActive();
  for (const item of active) {
    if (item.kind === Grants.kind) return false;
    if (item.kind === Upgrades.kind && decode(Upgrades, item).data.status === 'Running') return false;
    if (item.kind === Upgrades.kind && decode(Upgrades, item).data.resumeAt !== undefined) return false;
    if (item.kind === Members.kind && decode(Members, item).data.resumeAt !== undefined) return false;
  }
  return true;
}
