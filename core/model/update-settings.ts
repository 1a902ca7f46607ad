import type { UpdateSettings } from '../contracts/items/protocol.ts';
import type { Nodegroup } from '../ports/eks.ts';

/** How EKS replaces the nodes of a group now. Without settings it replaces one at once, and new ones come first (facts: eks.md §5.1). */
export function settingsOf({ updateConfig = {} }: Pick<Nodegroup, 'updateConfig'>): UpdateSettings {
  const { maxUnavailable = 1, maxUnavailablePercentage, updateStrategy = 'DEFAULT' } = updateConfig;
  return maxUnavailablePercentage === undefined
    ? { maxUnavailable, updateStrategy }
    : { maxUnavailablePercentage, updateStrategy };
}

/**
 * How many nodes EKS replaces at once, never more than 100 (facts: nodes.md §2.2). A share is rounded up, since the larger number promises less;
 * without a size it may be all.
 */
export function nodesAtOnce(
  { maxUnavailable, maxUnavailablePercentage = 100 }: UpdateSettings,
  { scalingConfig }: Pick<Nodegroup, 'scalingConfig'>,
): number {
  const size = scalingConfig?.desiredSize ?? Number.POSITIVE_INFINITY;
  return maxUnavailable ?? Math.min(100, Math.max(1, Math.ceil((size * maxUnavailablePercentage) / 100)));
}
