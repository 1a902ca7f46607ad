import type { FleetSpec, UpgradePolicySpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Ledger } from '../contracts/items/protocol.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { rememberedBy } from '../model/remembered.ts';

/** `total`, `account/<id>`, `region/<name>`, `label/<label>/<value>`. Clusters without the label count under the empty value. */
type CapKey = string;

/** The slashes of a label are escaped, so that `team` and `team/db` never count under one key. */
const labelKey = (label: string, value: string): CapKey => `label/${encodeURIComponent(label)}/${value}`;

type Place = Pick<ClusterRecord, 'account' | 'region' | 'labels'>;

/**
 * Every key that a grant of this cluster counts against, whether a cap exists for it today or not: a cap that is set later must find the counts
 * right.
 */
export const capKeys = rememberedBy(({ account, region, labels }: Place, fleet: FleetSpec): CapKey[] => [
  'total',
  `account/${account}`,
  `region/${region}`,
  ...Object.keys(fleet.labels.fromTags)
    .sort()
    .map((label) => labelKey(label, labels[label] ?? '')),
]);

type Caps = FleetSpec['caps'] | UpgradePolicySpec['caps'];

function limitIn(key: CapKey, caps: Caps, { fromTags }: FleetSpec['labels']): number | undefined {
  if (key === 'total' && caps.perLabel !== undefined) {
    // No tag gives this label, so no cluster has it. Clusters without a label count as one value, so this cap counts all clusters.
    const ungiven = Object.entries(caps.perLabel).filter(([label]) => !Object.hasOwn(fromTags, label));
    const limits = [caps.total, ...ungiven.map(([, limit]) => limit)].filter((limit) => limit !== undefined);
    return limits.length === 0 ? undefined : Math.min(...limits);
  }
  if (key === 'total') return caps.total;
  if (key.startsWith('account/')) return caps.perAccount;
  if (key.startsWith('region/')) return caps.perRegion;
  if (caps.perLabel === undefined) return undefined;
  return Object.entries(caps.perLabel).find(([label]) => key.startsWith(labelKey(label, '')))?.[1];
}

/** The Fleet's cap, or the policy's where that is tighter: a policy may only tighten (semantics.md, In flight, and caps). */
export function capLimit(
  key: CapKey,
  fleet: Pick<FleetSpec, 'caps' | 'labels'>,
  policy?: Pick<UpgradePolicySpec, 'caps'>,
): number | undefined {
  const ofFleet = limitIn(key, fleet.caps, fleet.labels);
  const ofPolicy = policy === undefined ? undefined : limitIn(key, policy.caps, fleet.labels);
  if (ofFleet === undefined || ofPolicy === undefined) return ofFleet ?? ofPolicy;
  return Math.min(ofFleet, ofPolicy);
}

/** The caps that have no room for one more grant with these keys. */
export function capRefusals(
  counts: Ledger['counts'],
  keys: readonly CapKey[],
  fleet: FleetSpec,
  policy?: Pick<UpgradePolicySpec, 'caps'>,
): Reason[] {
  const reasons: Reason[] = [];
  for (const key of keys) {
    const count = counts[key] ?? 0;
    // No cap is below 1, so a key without any count has room.
    const limit = count === 0 ? undefined : capLimit(key, fleet, policy);
    if (limit === undefined || count < limit) continue;
    const isOfTotal = [fleet.caps.total, policy?.caps.total].includes(limit);
    const cap = key === 'total' && !isOfTotal ? 'perLabel of a label that no tag gives' : key;
    reasons.push(reason('CapReached', `${count} of at most ${limit} upgrades run under the cap ${cap}.`));
  }
  return reasons;
}

/** Counts after granting (+1) or freeing (−1); a count never goes below 0. */
export function recount(counts: Ledger['counts'], keys: readonly CapKey[], by: 1 | -1): Ledger['counts'] {
  const next = { ...counts };
  recountInPlace(next, keys, by);
  return next;
}

/** `recount` in place, for counts that no other code holds: with hundreds of accounts, copying them for each grant takes most of a tick. */
export function recountInPlace(counts: Ledger['counts'], keys: readonly CapKey[], by: 1 | -1): void {
  for (const key of keys) {
    const count = (counts[key] ?? 0) + by;
    if (count > 0) counts[key] = count;
    else delete counts[key];
  }
}
