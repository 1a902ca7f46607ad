import { releaseCluster, retryCluster } from '../../../core/operations/hold-switch.ts';
import { abortRollout, releaseTraits, resumeRollout } from '../../../core/operations/rollout-orders.ts';
import { suspectedTraits } from '../../../core/rollout/fingerprint.ts';
import { loadWaves, Members, Rollouts } from '../../../core/store/entities.ts';
import { load, loadKind } from '../../../core/store/entity.ts';
import type { World } from '../../process/world.ts';
import { SeededChoices } from '../fleet/seeded-choices.ts';
import { hashOf } from './hash-of.ts';
import { lookRegularly } from './look-regularly.ts';
import { tried } from './tried.ts';

const SLOWEST_MINUTES = 240;
const MINUTE = 60_000;
/** A rollout that halts more often than this is left to those who come in the morning. */
const MOST_HALTS = 4;
const ON_CALL = 'arn:aws:iam::000000000000:role/on-call';

/**
 * Simulates the person on call: up to four hours after a rollout has halted they accept its failures, have its failed clusters tried again or released,
 * clear traits of suspicion, or abort it, by the seed. Returns whether they are still to act.
 */
export function goOnCall(world: World, seed: number): () => boolean {
  const due = new Map<string, number>();
  const halts = new Map<string, number>();
  const look = async (): Promise<void> => {
    for (const { id, status } of await loadKind(world.table, Rollouts)) {
      const count = halts.get(id) ?? 0;
      if (status !== 'Halted' || count === MOST_HALTS) {
        due.delete(id);
        continue;
      }
      const choices = new SeededChoices(hashOf(`${seed} ${id} ${count}`));
      const now = world.clock.now().getTime();
      const at = due.get(id) ?? now + choices.integer(0, SLOWEST_MINUTES) * MINUTE;
      due.set(id, at);
      if (at > now) continue;
      due.delete(id);
      halts.set(id, count + 1);
      await deal(world, id, choices);
    }
  };
  lookRegularly(world, look);
  return () => due.size > 0;
}

async function deal({ ports, table }: World, rolloutId: string, choices: SeededChoices): Promise<void> {
  const chance = choices.integer(1, 20);
  if (chance === 1) return void (await tried(abortRollout(ports, rolloutId, ON_CALL, 'enough for today')));
  // What failed clusters have in common keeps the others away for good.
  if (chance % 2 === 0) await releaseSuspects({ ports, table }, rolloutId, ON_CALL);
  if (chance <= 10)
    return void (await tried(resumeRollout(ports, rolloutId, ON_CALL, 'known', { acceptFailures: true })));
  const act = chance <= 16 ? retryCluster : releaseCluster;
  const failed = (await loadKind(table, Members)).filter(
    (member) => member.rolloutId === rolloutId && (member.status === 'Failed' || member.status === 'Blocked'),
  );
  for (const { clusterKey } of failed) await tried(act(ports, clusterKey, ON_CALL));
  await tried(resumeRollout(ports, rolloutId, ON_CALL, 'mended'));
}

/** Clears whatever a rollout suspects its failed clusters for. */
export async function releaseSuspects({ ports, table }: Pick<World, 'ports' | 'table'>, rolloutId: string, by: string) {
  const rollout = (await load(table, Rollouts, rolloutId))?.data;
  if (rollout === undefined) return;
  const traits = suspectedTraits(
    rollout,
    (await loadWaves(table, rolloutId)).map(({ data }) => data),
  );
  if (traits.length > 0) await tried(releaseTraits(ports, rolloutId, traits, by, 'something else'));
}
