import { z } from 'zod';
import type { Upgrade } from '../contracts/items/protocol.ts';

/** The pods that were not well before anything was changed: how many, and the names of the first of them. */
const podBaseline = z.object({ count: z.number(), names: z.array(z.string()) });
export type PodBaseline = z.infer<typeof podBaseline>;

const MOST_NAMES = 50;

export const takeBaseline = (unhealthy: readonly string[]): PodBaseline => ({
  count: unhealthy.length,
  names: unhealthy.slice(0, MOST_NAMES),
});

/** As the scan of this upgrade took it; undefined when there was none. */
export function baselineOf(upgrade: Upgrade | undefined): PodBaseline | undefined {
  const parsed = podBaseline.safeParse(upgrade?.steps['scan-cluster']?.detail?.unhealthyPods);
  return parsed.success ? parsed.data : undefined;
}
