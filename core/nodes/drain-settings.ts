import { durationMilliseconds } from '../calendar/duration.ts';
import type { UpgradePolicy } from '../config/types.ts';
import type { DrainSettings } from './drain-move.ts';

/** What a policy says of drains; undefined where it lets Liftlock evict nothing. */
export function drainSettingsOf(policy: UpgradePolicy): DrainSettings | undefined {
  if (policy.spec.drain === undefined) return undefined;
  const { pause, podTimeout, ...others } = policy.spec.drain;
  const [pauseSeconds = 0, podTimeoutSeconds = 0] = [pause, podTimeout].map(
    (text) => durationMilliseconds(text) / 1000,
  );
  return { ...others, pauseSeconds, podTimeoutSeconds };
}
