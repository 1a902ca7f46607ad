import { HOOK_SCHEMA } from '../../../core/contracts/hook.ts';
import type { World } from '../../process/world.ts';
import { SeededChoices } from '../fleet/seeded-choices.ts';
import { HOOK_IMAGE, HOOK_NAMESPACE, hookUrlOf } from '../fleet/synthetic-config.ts';
import { hashOf } from './hash-of.ts';

/**
 * Receivers that hooks of synthetic policies are sent to. Most say go; some say wait first, or nothing that counts, which ends at last or never;
 * a few say stop. By the seed and the question, so that a question which is asked again has the same receiver.
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
      // One in ten of them never comes round.
      const isOver = choices.chance(0.9) && times >= choices.integer(1, 4);
      const seconds = choices.integer(30, 900);
      if (kind === 'silent' && !isOver) return choices.pick(['', '<html>', '{"answer":"go"}']);
      const answer = kind === 'stop' || (kind === 'wait' && !isOver) ? kind : 'go';
      return JSON.stringify({ schema: HOOK_SCHEMA, answer, ...(answer === 'wait' ? { seconds } : {}) });
    });
}
