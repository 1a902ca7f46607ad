import type { StoredItem } from '../../core/ports/table.ts';
import { decide } from '../../core/rollout/decide.ts';
import { loadSnapshot } from '../../core/rollout/load-snapshot.ts';
import { Grants, Members, Rollouts, Upgrades, Waves } from '../../core/store/entities.ts';
import { decode } from '../../core/store/entity.ts';
import type { RunView } from './run-view.ts';

/**
 * Nothing runs and nothing will by itself: no execution, no grant, no upgrade that resumes, no outside actor still to come. A parked
 * upgrade or a pending member that waits for a person is at rest, and so is one whose window opens after `before`, the end of the run.
 */
export async function isAtRest(world: RunView, before?: Date): Promise<boolean> {
  const now = world.clock.now().getTime();
  if (world.eks.state.actors.some((actor) => actor.at > now)) return false;
  const active = await world.table.queryActive();
  for (const item of active) {
    if (item.kind === Grants.kind) return false;
    if (item.kind === Upgrades.kind && decode(Upgrades, item).data.status === 'Running') return false;
  }
  const running = new Set(
    active
      .filter(({ kind }) => kind === Rollouts.kind)
      .map((item) => decode(Rollouts, item).data)
      .flatMap(({ id, status }) => (status === 'Running' ? [id] : [])),
  );
  const resumes = active.some((item) => {
    if (item.kind !== Upgrades.kind && item.kind !== Members.kind) return false;
    // What is parked in a rollout that is halted, paused or aborted waits for a person.
    const { rolloutId, resumeAt } = (item.kind === Upgrades.kind ? decode(Upgrades, item) : decode(Members, item)).data;
    return resumeAt !== undefined && (rolloutId === undefined || running.has(rolloutId));
  });
  if (resumes) return false;
  return !(await movesLater(world, active, before));
}

/** A wave that soaks, or somebody for whom a window opens: time alone brings it on. A gate that is not green waits for somebody outside. */
async function movesLater(world: RunView, active: readonly StoredItem[], before: Date | undefined): Promise<boolean> {
  const now = world.clock.now();
  const waits = active.some(({ kind }) => kind === Members.kind || kind === Upgrades.kind || kind === Waves.kind);
  if (!waits) return false;
  const snapshot = await loadSnapshot(world.table, active, false);
  const running = new Set(snapshot.rollouts.filter(({ status }) => status === 'Running').map(({ id }) => id));
  const soaks = snapshot.waves.some(
    ({ rolloutId, status, gates }) =>
      running.has(rolloutId) && status === 'Soaking' && (gates?.readings ?? []).every((one) => one.status === 'green'),
  );
  return (
    soaks ||
    decide(snapshot, now).waiting.some(({ rolloutId, until }) => {
      const goesOn = rolloutId === undefined || running.has(rolloutId);
      const inTime = before === undefined || (until !== undefined && new Date(until) < before);
      return goesOn && inTime && until !== undefined && new Date(until) > now;
    })
  );
}
