import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { UpgradePolicy, UpgradePolicySpec } from '../config/types.ts';
import type { ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import type { Member } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { isFinish } from '../model/hop.ts';
import {
  type AddonPatch,
  addonPatchesOf,
  addonPatchesUnknown,
  addonPatchReason,
  canFinish,
  lagReason,
  partsUnknown,
  stopsNextHop,
  unfinished,
  unseenText,
} from '../model/lag.ts';
import {
  type ImageLag,
  imageLagsOf,
  imagesReason,
  imagesUnknown,
  pinnedReleases,
  releasesFor,
} from '../nodes/managed-groups/image-lag.ts';
import { isForgotten } from '../policy/cluster-labels.ts';
import { clusterRefusals } from '../policy/cluster-tags.ts';
import { ambiguousPolicy } from '../policy/policy-of.ts';
import { noWave } from '../policy/wave-of.ts';
import { holdRefusals } from '../protocol/standing-refusals.ts';
import { Upgrades } from '../store/entities.ts';
import { latenessPerDay, supportOf } from '../version/cluster-support.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { regionCalendar } from '../version/region-calendar.ts';
import { targetIn, targetOf } from './cluster-target.ts';
import { type FleetSnapshot, nodesIn, policyMatch } from './snapshot.ts';
import { wavePlace } from './wave-place.ts';

/**
 * The releases that node groups go to (inside the minor only those of groups whose images are behind), and the versions that add-ons go to which are
 * behind there.
 */
export type Pins = Pick<Member, 'releases' | 'addons'>;

/** A cluster that a policy would upgrade, and where it belongs. */
export interface Candidate {
  readonly cluster: ClusterRecord;
  /** The target of the cluster; its present version where only nodes and add-ons are to follow, also past the policy's target. */
  readonly target: KubeVersion;
  /** The index among the policy's waves. */
  readonly waveIndex: number;
  /** The releases and versions that the cluster goes to inside its minor. */
  readonly pins: Pins;
  /** Why the cluster will not be touched; its member is listed as Excluded. */
  readonly refusals: readonly Reason[];
}

/** Every cluster that a policy selects is either a candidate or left out with the reason. */
export interface Candidates {
  /** Candidates by wave, in the order in which they go. */
  readonly byWave: ReadonlyMap<number, readonly Candidate[]>;
  readonly leftOut: readonly { readonly clusterKey: string; readonly name: string; readonly reason: Reason }[];
}

/** Which clusters are asked for beside those whose control plane is behind. */
export interface Asked {
  /** Also takes in clusters whose nodes or add-ons are behind where the policy only proposes to finish them. */
  readonly finish?: boolean | undefined;
  readonly skip?: ((candidate: Candidate) => boolean) | undefined;
  /** Which of the wanted releases and versions a cluster may go to; absent = all of them. */
  readonly pins?: (cluster: ClusterRecord, wanted: Pins, target: KubeVersion) => Pins;
}

export function candidatesOf(
  snapshot: FleetSnapshot,
  name: string,
  now: Date,
  { finish = false, skip = () => false, pins = (_, wanted) => wanted }: Asked = {},
): Candidates {
  const policy = snapshot.policies.get(name)?.policy;
  const leftOut: Candidates['leftOut'][number][] = [];
  const candidates: Candidate[] = [];
  if (policy === undefined) return { byWave: new Map(), leftOut };
  for (const cluster of snapshot.clusters.values()) {
    if (cluster.deletedAt !== undefined) continue;
    const match = policyMatch(snapshot, cluster);
    const mine =
      match.type === 'one' ? match.policy === policy : match.type === 'ambiguous' && match.names.includes(name);
    const undecided = match.errors.find((error) => error.policy === name);
    if (undecided !== undefined)
      leftOut.push({ clusterKey: cluster.clusterKey, name: cluster.name, reason: undecided.reason });
    if (!mine) continue;
    const found = consider(snapshot, policy, cluster, now, match.type === 'ambiguous' ? match.names : [], {
      finish,
      pins,
    });
    if ('reason' in found) leftOut.push({ clusterKey: cluster.clusterKey, name: cluster.name, reason: found.reason });
    else if (!skip(found)) candidates.push(found);
  }
  const byWave = Map.groupBy(candidates, ({ waveIndex }) => waveIndex);
  for (const [index, inWave] of byWave) byWave.set(index, inOrder(inWave, policy.spec.order, snapshot.regions, now));
  return { byWave, leftOut: leftOut.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

function consider(
  snapshot: FleetSnapshot,
  policy: UpgradePolicy,
  cluster: ClusterRecord,
  now: Date,
  ambiguous: readonly string[],
  { finish, pins }: Required<Pick<Asked, 'pins'>> & Pick<Asked, 'finish'>,
): Candidate | { reason: Reason } {
  if (isForgotten(cluster))
    return {
      reason: reason('InventoryIncomplete', `${cluster.name} has to be looked at anew: nobody knows its tags.`),
    };
  const prefix = snapshot.fleet?.tagPrefix ?? '';
  const resolved = targetOf(cluster, policy.spec, snapshot.regions.get(cluster.region), prefix, now, snapshot.channels);
  if ('reason' in resolved) return resolved;
  const current = KubeVersion.parse(cluster.version);
  const wave = wavePlace(snapshot, policy, cluster);
  const refusals = ambiguous.length > 0 ? [ambiguousPolicy(ambiguous)] : [];
  const mayFinish = policy.spec.finish === 'always' || (policy.spec.finish === 'propose' && finish);
  // Where it is not decided which policy or wave the cluster belongs to, nobody knows by whose rules its nodes and add-ons would follow.
  const [undecided] = [...refusals, ...wave.reasons.filter(({ code }) => code === 'PolicyError')];
  // Nodes that would stop its next hop follow first, and a later rollout takes the cluster further.
  const isBehind = current.isOlderThan(resolved.target);
  const isFinishedFirst = isBehind && mayFinish && undecided === undefined && stopsNextHop(cluster, policy.spec);
  const target = isBehind && !isFinishedFirst ? resolved.target : current;
  const wanted = current.isOlderThan(target)
    ? given({ releases: releasesFor(cluster, target, policy.spec, snapshot.images?.get(cluster.region), now) })
    : pinsOf(patchesOf(snapshot, cluster, policy.spec, target, now));
  const pinned = pins(cluster, wanted, target);
  if (!current.isOlderThan(target)) {
    // A cluster that waits for a person's word to be finished does not go for newer images alone: its other parts would be finished along with them.
    const goes = canFinish(cluster, policy.spec) ? mayFinish : hasPins(pinned);
    if (undecided !== undefined || !goes)
      return {
        reason:
          resolved.capped ??
          undecided ??
          behind(snapshot, cluster, policy, wave) ??
          partsUnknown(cluster) ??
          arrived(cluster, resolved),
      };
  }
  if (wave.index < 0) return { reason: wave.reasons[0] ?? noWave(policy) };
  refusals.unshift(...clusterRefusals(cluster, target, snapshot.fleet, snapshot.calendars));
  refusals.push(...holdRefusals(snapshot.controls.get(cluster.clusterKey)));
  return { cluster, target, waveIndex: wave.index, refusals, pins: pinned };
}

/** Why a member stays at its minor though its policy takes the cluster further: its nodes follow first. Undefined where it does not. */
export function nodesFirst(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  member: Pick<Member, 'from' | 'to'>,
  now: Date,
): Reason | undefined {
  const target = isFinish(member) ? targetIn(snapshot, cluster, now) : undefined;
  if (target === undefined || !KubeVersion.parse(member.to).isOlderThan(target)) return undefined;
  const lag = lagReason(cluster, { nodes: nodesIn(snapshot, cluster) });
  return (
    lag && { ...lag, message: `${lag.message} They follow first, and another rollout takes the cluster to ${target}.` }
  );
}

/** What is behind in the cluster, and who brings it up: nobody where an upgrade is under way, or where the cluster is in no wave. */
export function behind(
  snapshot: FleetSnapshot,
  cluster: ClusterRecord,
  policy: UpgradePolicy,
  wave: ReturnType<typeof wavePlace>,
): Reason | undefined {
  if (wave.index >= 0)
    return unfinished(cluster, isUnderWay(snapshot, cluster) ? undefined : policy, keptFromFinish(snapshot, cluster));
  const lag = lagReason(cluster, undefined);
  return lag && { ...lag, message: [lag, ...wave.reasons].map(({ message }) => message).join(' ') };
}

/** Why a rollout that is asked to finish a cluster would set it aside. */
export const keptFromFinish = (
  { fleet, calendars, controls }: Pick<FleetSnapshot, 'fleet' | 'calendars' | 'controls'>,
  cluster: ClusterRecord,
): Reason[] => [
  ...clusterRefusals(cluster, KubeVersion.parse(cluster.version), fleet, calendars),
  ...holdRefusals(controls.get(cluster.clusterKey)),
];

/** The newer images and add-ons that a policy wants inside the minor, and why nobody knows them where nobody does. */
export interface Patches {
  readonly images: readonly ImageLag[];
  readonly addons: readonly AddonPatch[];
  readonly unknown: readonly Reason[];
  /** Until when the patches are to be taken (`within`); absent where the policy does not say. */
  readonly dueAt?: Date;
}

/** The patches of a cluster. There are none where its control plane is older than the target: the hop brings the newest of everything anyway. */
export function patchesOf(
  { images }: FleetSnapshot,
  cluster: ClusterRecord,
  spec: UpgradePolicySpec | undefined,
  target: KubeVersion | undefined,
  now: Date,
): Patches {
  if (target !== undefined && KubeVersion.parse(cluster.version).isOlderThan(target))
    return { images: [], addons: [], unknown: [] };
  const known = images?.get(cluster.region);
  const { addons: settings, within } = spec?.patch ?? {};
  const behind = {
    images: imageLagsOf(cluster, spec, known, now),
    addons: addonPatchesOf(cluster, settings && durationMilliseconds(settings.minAge ?? '0s'), now),
  };
  const unknown = [
    imagesUnknown(cluster, spec, known, now) ?? [],
    addonPatchesUnknown(cluster, spec) ?? partsUnknown(cluster) ?? [],
  ].flat();
  const since = [...behind.images, ...behind.addons].map(({ newerSince }) => new Date(newerSince).getTime());
  if (within === undefined || since.length === 0) return { ...behind, unknown };
  return { ...behind, unknown, dueAt: new Date(Math.min(...since) + durationMilliseconds(within)) };
}

export const isPatchOverdue = ({ dueAt }: Pick<Patches, 'dueAt'>, now: Date): boolean =>
  dueAt !== undefined && dueAt < now;

/** Which newer parts there are for a cluster, and that the policy's time for them is over, in the words that every view uses. */
export function patchReasons(cluster: ClusterRecord, patches: Omit<Patches, 'unknown'>, now: Date): Reason[] {
  const newer = [imagesReason(cluster, patches.images, now) ?? [], addonPatchReason(cluster, patches.addons) ?? []];
  if (!isPatchOverdue(patches, now)) return newer.flat();
  const said = `By its policy (patch.within) ${cluster.name} was to have that by ${patches.dueAt?.toISOString()}.`;
  return [...newer.flat(), reason('PatchesOverdue', said)];
}

export function pinsOf({ images, addons }: Pick<Patches, 'images' | 'addons'>): Pins {
  const versions = Object.fromEntries(addons.map(({ name, wants }) => [name, wants]));
  return given({ releases: pinnedReleases(images), addons: addons.length === 0 ? undefined : versions });
}

export const hasPins = ({ releases, addons }: Pins): boolean => releases !== undefined || addons !== undefined;

/** A cluster past its target stays where it is: Liftlock never takes a control plane down to reach a target. */
const arrived = (
  cluster: ClusterRecord,
  { target, newer }: { readonly target: KubeVersion; readonly newer?: Reason },
): Reason =>
  reason(
    target.isOlderThan(KubeVersion.parse(cluster.version)) ? 'BeyondTarget' : 'AtTarget',
    `${cluster.name} is at ${cluster.version}; the target is ${target}.${unseenText(cluster)}${newer === undefined ? '' : ` ${newer.message}`}`,
  );

/** While an upgrade of the cluster is under way, another rollout has nothing to bring up there. */
const isUnderWay = ({ upgrades }: FleetSnapshot, { clusterKey }: ClusterRecord): boolean =>
  upgrades.some((upgrade) => upgrade.clusterKey === clusterKey && Upgrades.active(upgrade));

type Key = UpgradePolicySpec['order'][number];
type Rank = readonly (number | string)[];

const LAST = Number.POSITIVE_INFINITY;

/**
 * Sorts clusters of one wave as the policy's `order` says: the nearest end of standard support first, the most dollars a day, the fewest warnings,
 * the name, a label. A value that is not known sorts last; clusters with equal ranks go by name, then by key (policies.md, `order`).
 */
export function inOrder<Item extends { readonly cluster: ClusterRecord }>(
  items: readonly Item[],
  order: readonly Key[],
  regions: ReadonlyMap<string, RegionVersions>,
  now: Date,
): Item[] {
  const rank = (cluster: ClusterRecord): Rank => {
    const { name, clusterKey, insights, labels, region } = cluster;
    const support = () => supportOf(cluster, regionCalendar(regions.get(region)), now);
    const ranked = (key: Key): Rank => {
      if (typeof key === 'object') return byLabel(key, labels[key.label]);
      if (key === 'name') return [name];
      if (key === 'risk') return [insights.warning + insights.error];
      if (key === 'deadline') return [support().endOfStandardSupport?.getTime() ?? LAST];
      const dollars = latenessPerDay(support().state, cluster.supportType);
      return [dollars === undefined ? LAST : -dollars];
    };
    return [...order.flatMap(ranked), name, clusterKey];
  };
  return items
    .map((item) => ({ item, rank: rank(item.cluster) }))
    .sort((a, b) => compare(a.rank, b.rank))
    .map(({ item }) => item);
}

/** Numbers sort before text, and both before clusters without the label; where the policy lists values, their place in the list counts. */
function byLabel({ values }: Exclude<Key, string>, value: string | undefined): Rank {
  if (values !== undefined) {
    const place = value === undefined ? LAST : values.indexOf(value);
    return [place === -1 ? values.length : place];
  }
  if (value === undefined) return [2, 0];
  return /^-?\d+(\.\d+)?$/.test(value) ? [0, Number(value)] : [1, value];
}

/** Compares two ranks that were made in the same way: in each place both are numbers or both are text, unless an earlier place differs. */
function compare(a: Rank, b: Rank): number {
  const place = a.findIndex((one, index) => one !== b[index]);
  const [one, other] = [a[place], b[place]];
  return one === undefined || other === undefined ? 0 : one < other ? -1 : 1;
}
