import { HOOK_SCHEMA } from '../../../core/contracts/hook.ts';
import type { World } from '../../process/world.ts';
import { SeededChoices } from '../fleet/seeded-choices.ts';
import { HOOK_IMAGE, HOOK_NAMESPACE, hookUrlOf } from '../fleet/synthetic-config.ts';
import { hashOf } from './hash-of.ts';

/**
 * Receivers of the hooks in synthetic policies. Most answer go; some first answer wait or something invalid, which may end or not; a few answer stop.
 * The seed and the question decide, so that a repeated question has the same receiver.
 */
export function openReceivers(world: World, seed: number): void {
  for (const { kubernetes } of Object.values(world.eks.state.clusters)) {
    kubernetes.objects = [
      ...(kubernetes.objects ?? []),
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: HOOK_NAMESPACE } },
    ];
    kubernetes.jobRuns = {
      [`${HOOK_IMAGE}:go`]: { seconds: 90 },
      [`${HOOK_IMAGE}:slow`]: { seconds: 1_800 },
      [`${HOOK_IMAGE}:no`]: { exitCode: 1 },
      [`${HOOK_IMAGE}:stuck`]: { waiting: 'ImagePullBackOff' },
    };
  }
  const asked = new Map<string, number>();
  for (const policy of ['open', 'private'])
    world.hooks.set(hookUrlOf(policy), ({ key }) => {
      const times = asked.get(key) ?? 0;
      asked.set(key, times + 1);
      const choices = new SeededChoices(hashOf(`${seed} ${key}`));
      const chance = choices.integer(1, 40);
      const kind = chance === 1 ? 'stop' : chance <= 5 ? 'wait' : chance <= 9 ? 'silent' : 'go';
      // One in ten of them never changes its answer.
      const isOver = choices.chance(0.9) && times >= choices.integer(1, 4);
      const seconds = choices.integer(30, 900);
      if (kind === 'silent' && !isOver) return choices.pick(['', '<html>', '{"answer":"go"}']);
      const answer = kind === 'stop' || (kind === 'wait' && !isOver) ? kind : 'go';
      return JSON.stringify({ schema: HOOK_SCHEMA, answer, ...(answer === 'wait' ? { seconds } : {}) });
    });
}
