import { type Reason, reason } from '../contracts/step-result.ts';
import type { Addon, AddonInfo } from '../ports/eks.ts';
import { addonMinor, compareAddonVersions } from '../version/addon-version.ts';

/** `move`: to this version. `keep`: nothing to do. `stuck`: no version fits. */
export type AddonDecision =
  | { readonly type: 'move'; readonly version: string }
  | { readonly type: 'keep'; readonly reason: Reason }
  | { readonly type: 'stuck'; readonly reason: Reason };

interface Offer {
  readonly version: string;
  readonly isDefault: boolean;
}

/** Versions of the add-on that EKS lists for a minor, oldest first. */
function offers(info: AddonInfo, minor: string): Offer[] {
  return info.addonVersions
    .flatMap((entry) => {
      const match = entry.compatibilities.find((compatibility) => compatibility.clusterVersion === minor);
      return match === undefined ? [] : [{ version: entry.addonVersion, isDefault: match.defaultVersion === true }];
    })
    .sort((a, b) => compareAddonVersions(a.version, b.version));
}

/**
 * Before the control plane moves: a version that both minors list, so that upgrade and way back stay open (facts: eks.md §7).
 * kube-proxy stays: it must never be newer than the API server.
 */
export function addonBefore(addon: Addon, info: AddonInfo, from: string, to: string): AddonDecision {
  const name = addon.addonName;
  if (name === 'kube-proxy') return keep(`${name} follows after the control plane.`);
  const now = new Set(offers(info, from).map((offer) => offer.version));
  const both = offers(info, to).filter((offer) => now.has(offer.version));
  if (both.some((offer) => offer.version === addon.addonVersion))
    return keep(`${name} ${addon.addonVersion} fits ${from} and ${to}.`);
  const newer = both.filter((offer) => compareAddonVersions(offer.version, addon.addonVersion) > 0);
  const chosen = newer.find((offer) => offer.isDefault) ?? newer.at(-1);
  if (chosen === undefined)
    return stuck(`No version of ${name} newer than ${addon.addonVersion} fits both ${from} and ${to}`);
  return { type: 'move', version: oneMinor(name, addon.addonVersion, chosen.version, offers(info, from)) };
}

/** After it moved: to the default of the new minor, never down. */
export function addonAfter(addon: Addon, info: AddonInfo, to: string): AddonDecision {
  const name = addon.addonName;
  const offered = offers(info, to);
  const chosen = offered.find((offer) => offer.isDefault) ?? offered.at(-1);
  if (chosen === undefined) return stuck(`EKS lists no version of ${name} for ${to}`);
  if (compareAddonVersions(chosen.version, addon.addonVersion) <= 0)
    return keep(`${name} ${addon.addonVersion} is what ${to} wants, or newer.`);
  return { type: 'move', version: oneMinor(name, addon.addonVersion, chosen.version, offered) };
}

/** vpc-cni goes one minor at a time where EKS offers the minors in between (facts: eks.md C8). */
function oneMinor(name: string, current: string, wanted: string, offered: readonly Offer[]): string {
  if (name !== 'vpc-cni') return wanted;
  const between = offered.filter(
    (offer) => compareAddonVersions(offer.version, current) > 0 && compareAddonVersions(offer.version, wanted) <= 0,
  );
  const next = between.find((offer) => addonMinor(offer.version) !== addonMinor(current));
  if (next === undefined) return wanted;
  return between.filter((offer) => addonMinor(offer.version) === addonMinor(next.version)).at(-1)?.version ?? wanted;
}

const keep = (message: string): AddonDecision => ({ type: 'keep', reason: reason('AddonFits', message) });
const stuck = (why: string): AddonDecision => ({
  type: 'stuck',
  reason: reason('AddonIncompatible', `${why}; update or remove it by hand.`),
});
