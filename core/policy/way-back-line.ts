import { writtenDuration } from '../calendar/duration.ts';
import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { UpgradePolicy } from '../config/types.ts';

/**
 * For how long, at the least, the hops of a policy can be taken back, before anybody knows its clusters: in words, for the person who writes the
 * policy.
 */
export function wayBackLine({ metadata, spec }: Pick<UpgradePolicy, 'metadata' | 'spec'>): string {
  const waves = Map.groupBy(spec.waves, ({ bake = '0s', watch = '0s', rollNodes }) => {
    const rests = durationMilliseconds(bake) + durationMilliseconds(watch);
    return rests === 0
      ? `as soon as its ${rollNodes === 'whenSkewRequires' ? 'add-ons' : 'nodes'} have followed`
      : `${writtenDuration(rests)} after its control plane has moved at the earliest`;
  });
  const named = [...waves].map(
    ([when, own]) => `${when} (${own.length > 1 ? 'waves' : 'wave'} ${own.map(({ name }) => name).join(', ')})`,
  );
  return `policy ${metadata.name}: EKS takes back the last hop of a cluster, for 7 days; one that another hop follows until that begins, ${named.join(', or ')}. liftlock plan tells the hours of each.`;
}
