import type { Wave } from '../../core/contracts/items/rollout.ts';
import { waveNamed } from '../../core/policy/wave-of.ts';
import { decide } from '../../core/rollout/decide.ts';
import { loadSnapshot } from '../../core/rollout/load-snapshot.ts';
import { Grants, Members, Upgrades, Waves } from '../../core/store/entities.ts';
import type { RunView } from './run-view.ts';

/**
 * Nothing runs and nothing will by itself: no execution, no grant, no upgrade that resumes, no outside actor still to come. A parked
 * upgrade or a pending member that waits for a person is at rest, and so is one whose window opens after `before`, the end of the run.
 */
export async function isAtRest(world: RunView, before?: Date): Promise<boolean> {
  const now = world.clock.now();
  if (world.eks.state.actors.some((actor) => actor.at > now.getTime())) return false;
  const active = await world.table.queryActive();
  if (active.some(({ kind }) => kind === Grants.kind)) return false;
  if (!active.some(({ kind }) => MOVING.has(kind))) return true;
  const snapshot = await loadSnapshot(world.table, active, 'motion');
  const { rollouts, upgrades, members, waves } = snapshot;
  if (upgrades.some(({ status }) => status === 'Running')) return false;
  const running = new Set(rollouts.filter(({ status }) => status === 'Running').map(({ id }) => id));
  // What is parked or waits in a rollout that is halted, paused or aborted waits for a person.
  const goesOn = (rolloutId: string | undefined): boolean => rolloutId === undefined || running.has(rolloutId);
  // What a hold keeps from resuming waits for a person too.
  const isHeld = (clusterKey: string): boolean => snapshot.controls.get(clusterKey)?.held !== undefined;
  // Who was set aside is let in again when the reason is over, whatever its upgrade waited for before.
  const setAside = new Set(
    members.filter(({ status }) => status === 'Quarantined').map(({ clusterKey }) => clusterKey),
  );
  const resumes = [...upgrades, ...members].filter(
    ({ resumeAt, clusterKey }) => resumeAt !== undefined && !setAside.has(clusterKey),
  );
  if (resumes.some(({ rolloutId, clusterKey }) => goesOn(rolloutId) && !isHeld(clusterKey))) return false;
  const policyOf = new Map(rollouts.map(({ id, policy }) => [id, snapshot.policies.get(policy)?.policy]));
  // A wave whose name the policy has given up soaks until a person promotes it.
  const hasRules = ({ rolloutId, name }: Wave): boolean => waveNamed(policyOf.get(rolloutId), name) !== undefined;
  if (waves.some((wave) => goesOn(wave.rolloutId) && hasRules(wave) && soaksByItself(wave))) return false;
  // Somebody for whom a window opens: time alone brings it on.
  return !decide(snapshot, now).waiting.some(({ rolloutId, until }) => {
    if (until === undefined || !goesOn(rolloutId)) return false;
    const at = new Date(until);
    return at > now && (before === undefined || at < before);
  });
}

const MOVING = new Set([Members.kind, Upgrades.kind, Waves.kind]);

/** A gate that is not green waits for somebody outside. */
const soaksByItself = ({ status, gates }: Wave): boolean =>
  status === 'Soaking' && (gates?.readings ?? []).every((one) => one.status === 'green');
