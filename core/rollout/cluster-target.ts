import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import type { ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { type Channels, channelSpecOf } from '../policy/channels.ts';
import { clusterTags } from '../policy/cluster-tags.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { regionOffer } from '../version/region-calendar.ts';
import { COVERED, type SupportCalendar } from '../version/support-calendar.ts';
import { resolveTarget, targetWords } from '../version/target.ts';
import { type FleetSnapshot, policyMatch } from './snapshot.ts';

/**
 * The version that a policy takes a cluster to: what its Region offers, with the cluster's pin as a ceiling (`capped`). `newer`: the target would
 * be a newer one if this release knew what breaks at the newest that EKS offers. `reason` says why it goes nowhere.
 */
type ClusterTarget =
  | { readonly target: KubeVersion; readonly capped?: Reason; readonly newer?: Reason }
  | { readonly reason: Reason };

export function targetOf(
  cluster: ClusterRecord,
  spec: Pick<UpgradePolicySpec, 'target'>,
  region: RegionVersions | undefined,
  prefix: string,
  now: Date,
  channels: Channels = new Map(),
): ClusterTarget {
  if (region === undefined)
    return { reason: reason('NotOffered', `The versions that EKS offers in ${cluster.region} are not known yet.`) };
  const channel = channelSpecOf(spec.target, channels);
  if (channel === undefined) {
    const isApplied = typeof spec.target === 'object' && channels.has(spec.target.channel);
    const said = isApplied
      ? `This version of Liftlock cannot read the ${targetWords(spec.target)}, so nobody knows the target: deploy the version that can, or apply it again.`
      : `There is no ${targetWords(spec.target)}: apply a Channel of that name.`;
    return { reason: reason('UnknownChannel', said) };
  }
  const age = channel.minimumAge === undefined ? 0 : durationMilliseconds(channel.minimumAge);
  const resolution = resolveTarget(channel.target, {
    ...offerAt(regionOffer(region), now.getTime(), age),
    coveredUpTo: COVERED,
  });
  if (resolution.status !== 'resolved') return { reason: reason(resolution.reason, resolution.message) };
  const { pin } = clusterTags(cluster.tags, prefix);
  if (pin?.isOlderThan(resolution.version) === true) {
    return {
      target: pin,
      capped: reason(
        'Pinned',
        `The cluster's tag ${prefix}pin-version keeps it at ${pin} or older, so not ${resolution.version}.`,
      ),
    };
  }
  const { version, newer } = resolution;
  if (newer === undefined) return { target: version };
  const wanted = pin?.isOlderThan(newer.target) === true ? pin : newer.target;
  // A cluster that is there already, or that its pin keeps where it is, misses nothing.
  const isThere = !KubeVersion.parse(cluster.version).isOlderThan(wanted);
  if (isThere || !version.isOlderThan(wanted)) return { target: version };
  const said = `EKS offers ${newer.newest} in ${cluster.region}, and the data of this release of Liftlock end at ${COVERED}: update Liftlock, or the cluster stays behind.`;
  return { target: version, newer: reason('NewerUnknown', said) };
}

/**
 * Why a rollout of this policy does not take a cluster to `to` any more: the policy goes to an older version by now, or its Channel cannot be read,
 * so that nobody knows where it goes. A policy that is not applied gives no reason.
 */
export function lowerTarget(
  { fleet, policies, regions, channels }: Pick<FleetSnapshot, 'fleet' | 'policies' | 'regions' | 'channels'>,
  policy: string,
  cluster: ClusterRecord,
  to: KubeVersion,
  now: Date,
): Reason | undefined {
  const spec = policies.get(policy)?.policy.spec;
  if (spec === undefined) return undefined;
  const region = regions.get(cluster.region);
  // A look at what moves reads no Region. There the target counts only where the policy writes a minor out; the next full look works out what
  // "latest" comes to.
  const named = KubeVersion.tryParse(channelSpecOf(spec.target, channels)?.target ?? '');
  const aim =
    region === undefined && named !== undefined
      ? { target: named }
      : targetOf(cluster, spec, region, fleet?.tagPrefix ?? '', now, channels);
  if ('reason' in aim) return aim.reason.code === 'UnknownChannel' ? aim.reason : undefined;
  if (!aim.target.isOlderThan(to)) return undefined;
  return reason('LowerTarget', `The policy ${policy} takes it to ${aim.target} by now, and this rollout to ${to}.`);
}

/** The version that the applied policies take a cluster to; undefined where none selects it, or several do. */
export function targetIn(snapshot: FleetSnapshot, cluster: ClusterRecord, now: Date): KubeVersion | undefined {
  const match = policyMatch(snapshot, cluster);
  if (match.type !== 'one') return undefined;
  const { regions, fleet, channels } = snapshot;
  const prefix = fleet?.tagPrefix ?? '';
  const found = targetOf(cluster, match.policy.spec, regions.get(cluster.region), prefix, now, channels);
  return 'target' in found ? found.target : undefined;
}

interface Offer {
  readonly now: number;
  readonly age: number;
  readonly offered: readonly KubeVersion[];
  readonly inStandardSupport: readonly KubeVersion[];
}

/** The last answer is kept, since all clusters of a Region are asked about at one instant. */
const lastOffers = new WeakMap<SupportCalendar, Offer>();

function offerAt(calendar: SupportCalendar, now: number, age: number): Offer {
  const last = lastOffers.get(calendar);
  if (last?.now === now && last.age === age) return last;
  const offered = calendar.offered(new Date(now - age));
  const isStandard = (version: KubeVersion) => calendar.supportStatus(version, new Date(now)).state === 'standard';
  const offer = { now, age, offered, inStandardSupport: offered.filter(isStandard) };
  lastOffers.set(calendar, offer);
  return offer;
}

/** A step from one minor to the next. */
export interface Hop {
  readonly from: KubeVersion;
  readonly to: KubeVersion;
}

/**
 * The hop that a cluster's upgrade makes next. `reached` is the version that the cluster has wholly reached, nodes and add-ons included. The control
 * plane may be ahead of it, moved by a hop that failed half-way or by somebody else: then that hop is finished first.
 */
export function nextHop(reached: KubeVersion, controlPlane: KubeVersion, target: KubeVersion): Hop {
  const behind = controlPlane.previous();
  const base = reached.isOlderThan(behind) ? behind : reached;
  const to = base.isOlderThan(target) ? base.next() : target;
  return { from: to.previous(), to };
}
