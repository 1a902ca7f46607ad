import type { LearnedDurations, Wave } from '../contracts/items/rollout.ts';

/** What the waves of all rollouts have taken. Undefined while no upgrade has succeeded without waiting in between. */
export function learnedFrom(waves: readonly Wave[]): LearnedDurations | undefined {
  const seconds = waves.flatMap((wave) => wave.durations ?? []).sort((a, b) => a - b);
  if (seconds.length === 0) return undefined;
  const succeeded = waves.reduce((sum, wave) => sum + wave.succeeded, 0);
  const failed = waves.reduce((sum, wave) => sum + wave.failed, 0);
  return {
    count: seconds.length,
    p50: quantile(seconds, 0.5),
    p90: quantile(seconds, 0.9),
    failureRate: succeeded + failed === 0 ? 0 : failed / (succeeded + failed),
  };
}

/** Nearest rank: a duration that was really seen. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
