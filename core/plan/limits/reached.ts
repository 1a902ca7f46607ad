import { clusterTags } from '../../policy/cluster-tags.ts';
import { type Drawn, membersOf } from '../drawn.ts';
import type { Constraint } from './constraint.ts';

/** Limits of a wave: the first member that one of them holds back is always looked at, so that what was never told never held. */
const TOLD: ReadonlySet<Constraint['kind']> = new Set(['concurrency', 'canaries', 'failureBudget']);

/**
 * Whether a constraint has had a say before an instant (milliseconds since the epoch): the rules of a wave that opens later, and of a
 * calendar that only such waves go by, change nothing until then, whatever they say.
 */
export function reachedBy({ rules, input, plans, forward }: Drawn, until: number): (constraint: Constraint) => boolean {
  const waves = new Set<string>();
  const calendars = new Set<string>();
  for (const plan of plans) {
    const { policy: name, id } = plan.rollout;
    const begun = new Set<number>();
    for (const [index, spec] of (rules.policies.get(name)?.spec.waves ?? []).entries()) {
      const openedAt = forward.fleet.waves.get(`${id}/${index}`)?.openedAt;
      if (openedAt === undefined || Date.parse(openedAt) >= until) continue;
      begun.add(index);
      waves.add(`${name}/${spec.name}`);
      for (const calendar of [spec.calendar ?? []].flat()) calendars.add(calendar);
    }
    for (const { clusterKey, waveIndex } of membersOf(plan)) {
      const tags = begun.has(waveIndex) ? input.snapshot.clusters.get(clusterKey)?.tags : undefined;
      if (tags === undefined) continue;
      for (const calendar of clusterTags(tags, rules.fleet.tagPrefix).calendars) calendars.add(calendar);
    }
  }
  return ({ kind, of, weight }) => {
    if (weight === 0 && TOLD.has(kind)) return false;
    return of === undefined || ('wave' in of ? waves.has(of.wave) : calendars.has(of.calendar));
  };
}
