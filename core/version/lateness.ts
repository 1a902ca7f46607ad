import type { SupportState } from './support-status.ts';

/** Dollars per cluster-hour. A config value: AWS may change its prices, and provisioned control planes cost extra. */
export interface ControlPlanePrice {
  readonly standard: number;
  readonly extended: number;
}

/** List prices as quoted by AWS in 2026; the canonical page is https://aws.amazon.com/eks/pricing/ (facts: eks.md §1.4). */
export const listPrice: ControlPlanePrice = { standard: 0.1, extended: 0.6 };

/**
 * What being late costs, in dollars per cluster and day beyond the standard price: $12 at list price. An unsupported
 * version is billed as extended until EKS upgrades it; a cluster with `supportType: STANDARD` is never (facts: eks.md §1.3). `undefined` where the
 * support state is unknown: not zero.
 */
export function latenessPerDay(
  state: SupportState,
  supportType?: string,
  price: ControlPlanePrice = listPrice,
): number | undefined {
  if (state === 'unknown') return undefined;
  if (state === 'standard' || supportType === 'STANDARD') return 0;
  // Whole cents: 0.6 - 0.1 is 0.49999999999999994 in binary, and 11.999… would be printed to people.
  return Math.round((price.extended - price.standard) * 24 * 100) / 100;
}
