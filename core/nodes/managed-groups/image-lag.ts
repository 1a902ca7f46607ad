import { durationMilliseconds } from '../../config/schema/quantities.ts';
import type { UpgradePolicySpec } from '../../config/types.ts';
import type { ClusterRecord, ImageReleases } from '../../contracts/items/cluster.ts';
import { type Reason, reason } from '../../contracts/step-result.ts';
import { NEVER } from '../../policy/cluster-labels.ts';
import { compareReleases, fittingPin, madeAt, releaseParameter } from '../../version/image-release.ts';
import type { KubeVersion } from '../../version/kube-version.ts';

/** A managed node group at its control plane's minor whose image is to be replaced by a newer release. */
export interface ImageLag {
  readonly group: string;
  readonly release: string;
  /** When the group's release was published; undefined where nobody has seen that and its name does not tell. */
  readonly since: Date | undefined;
  readonly wants: string;
  /** When the first release that is newer than the group's was published, as far as such releases are known. */
  readonly newerSince: Date;
}

type Parts = Pick<ClusterRecord, 'version' | 'nodegroups'>;
type Patch = Pick<UpgradePolicySpec, 'patch'> | undefined;
type Release = ImageReleases['images'][number]['releases'][number];

/**
 * The groups that a policy wants on a newer image of the same minor (`patch.nodes`): each goes to the newest release that has been out for `minAge`,
 * once its own is older than `maxAge`, and never to an older one. Images that nobody publishes, and those that were not read yet, never count as
 * behind. A group at another minor than its control plane is behind with its version, and a roll brings it the newest image (core/model/lag.ts).
 */
export function imageLagsOf(cluster: Parts, spec: Patch, images: ImageReleases | undefined, now: Date): ImageLag[] {
  const settings = spec?.patch?.nodes;
  if (settings === undefined || images === undefined) return [];
  const [least, most] = [settings.minAge, settings.maxAge].map((age) => age && durationMilliseconds(age));
  return cluster.nodegroups.flatMap((group): ImageLag[] => {
    const { name, amiType, version, releaseVersion: release } = group;
    if (release === undefined || version !== cluster.version) return [];
    const known = releasesOf(images, version, amiType);
    const wants = newest(known, least || 0, now);
    if (wants === undefined || compareReleases(wants, release) <= 0) return [];
    const since = publicationOf(release, known);
    // A release whose publication nobody knows is older than all that were seen.
    const isDue = !most || since === undefined || now.getTime() - since.getTime() >= most;
    if (!isDue) return [];
    return [{ group: name, release, since, wants, newerSince: new Date(newerSince(group, images) ?? now) }];
  });
}

/**
 * When the first release that is newer than the group's was published, as far as it is known or its record has kept it; undefined where none is. What
 * was kept stays while nobody knows any release of its kind.
 */
export function newerSince(
  { version = '', amiType, releaseVersion: own, newerSince: kept }: Parts['nodegroups'][number],
  images: ImageReleases | undefined,
): string | undefined {
  const known = releasesOf(images, version, amiType);
  const newer = known.filter(({ release }) => own !== undefined && compareReleases(release, own) > 0);
  if (known.length > 0 && newer.length === 0) return undefined;
  return [kept ?? [], newer.map(({ publishedAt }) => publishedAt)].flat().sort()[0];
}

/** A reading that is older than this says nothing of the present releases. */
const KNOWN_FOR = 86_400_000;

/**
 * Why nobody knows whether the images of a cluster are behind whose policy asks for newer ones; undefined where that is known, or nothing is
 * published for these images.
 */
export function imagesUnknown(
  { name, region, version, nodegroups }: Parts & Pick<ClusterRecord, 'name' | 'region'>,
  spec: Patch,
  images: ImageReleases | undefined,
  now: Date,
): Reason | undefined {
  const types = nodegroups.flatMap(({ amiType = '', version: own }) =>
    own === version && releaseParameter(version, amiType) !== undefined ? [amiType] : [],
  );
  if (spec?.patch?.nodes === undefined || types.length === 0) return undefined;
  const unknown = (why: string) =>
    reason('PatchesUnknown', `Nobody knows whether images of ${name} are behind: ${why}`);
  const { checkedAt = NEVER, unread } = images ?? {};
  if (now.getTime() - Date.parse(checkedAt) > KNOWN_FOR) {
    const last = checkedAt === NEVER ? 'was never read' : `was read last at ${checkedAt}`;
    const failed = unread === undefined ? '' : ` It has failed since ${unread.since}: ${unread.why}`;
    return unknown(`which releases there are in ${region} ${last}.${failed}`);
  }
  const lacking = types.filter(
    (type) => !images?.images.some((one) => one.version === version && one.amiType === type),
  );
  if (lacking.length === 0) return undefined;
  return unknown(`AWS names no release of ${[...new Set(lacking)].join(', ')} for ${version} in ${region}.`);
}

const releasesOf = (
  images: ImageReleases | undefined,
  minor: string,
  amiType: string | undefined,
): readonly Release[] => images?.images.find((one) => one.version === minor && one.amiType === amiType)?.releases ?? [];

/**
 * Whether AWS still offers the release that was pinned, if one was. A withdrawn release is no longer known, and one that is older than all that are
 * known is only forgotten.
 */
export function isOffered(
  pinned: string | undefined,
  images: ImageReleases | undefined,
  minor: string,
  amiType: string | undefined,
): boolean {
  const known = releasesOf(images, minor, amiType);
  return (
    pinned === undefined ||
    known.some(({ release }) => release === pinned) ||
    known.every(({ release }) => compareReleases(release, pinned) > 0)
  );
}

/** The newest release that has been out for `least` milliseconds. */
const newest = (releases: readonly Release[], least: number, now: Date): string | undefined =>
  releases
    .filter(({ publishedAt }) => now.getTime() - Date.parse(publishedAt) >= least)
    .map(({ release }) => release)
    .sort((a, b) => compareReleases(b, a))[0];

/**
 * The releases that a rollout pins for the groups of a cluster that goes to another minor, where the policy chooses releases (`patch.nodes`), so that
 * each wave gets what the first one has proved. For a group without known releases none is pinned, and EKS takes the newest.
 */
export function releasesFor(
  { nodegroups }: Pick<Parts, 'nodegroups'>,
  target: KubeVersion,
  spec: Patch,
  images: ImageReleases | undefined,
  now: Date,
): Readonly<Record<string, string>> | undefined {
  const settings = spec?.patch?.nodes;
  if (settings === undefined) return undefined;
  const least = settings.minAge === undefined ? 0 : durationMilliseconds(settings.minAge);
  const pinned = nodegroups.flatMap(({ name, amiType }): [string, string][] => {
    const release = newest(releasesOf(images, target.toString(), amiType), least, now);
    return release === undefined ? [] : [[name, release]];
  });
  return pinned.length === 0 ? undefined : Object.fromEntries(pinned);
}

/** When a release was published, as it was seen, or else by the date in its name. */
function publicationOf(release: string, known: readonly Release[]): Date | undefined {
  const seen = known.find((one) => one.release === release);
  return seen === undefined ? madeAt(release) : new Date(seen.publishedAt);
}

/** Whether the groups that a rollout has pinned releases for, and that still exist, run these or newer releases. */
export const hasReleases = (
  { nodegroups }: Pick<Parts, 'nodegroups'>,
  pinned: Readonly<Record<string, string>> = {},
): boolean =>
  nodegroups.every(({ name, amiType, releaseVersion = '' }) => {
    const wants = fittingPin(pinned[name], amiType);
    return wants === undefined || compareReleases(releaseVersion, wants) >= 0;
  });

/** When the oldest image of a cluster's managed groups was published, among those of which that is known. */
export function oldestImage({ nodegroups }: Parts, images: ImageReleases | undefined): Date | undefined {
  const known = (images?.images ?? []).flatMap(({ releases }) => releases);
  const times = nodegroups.flatMap(({ releaseVersion }) => {
    return releaseVersion === undefined ? [] : (publicationOf(releaseVersion, known)?.getTime() ?? []);
  });
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}

const DAY = 86_400_000;
/** This many groups are named, since a long reason is cut. */
const MOST_NAMED = 5;

/** The reason that images are behind, with the groups by name; undefined where none is behind. */
export function imagesReason(
  { name }: Pick<ClusterRecord, 'name'>,
  lags: readonly ImageLag[],
  now: Date,
): Reason | undefined {
  if (lags.length === 0) return undefined;
  const named = lags.slice(0, MOST_NAMED).map(({ group, release, since, wants }) => {
    const days = since && Math.floor((now.getTime() - since.getTime()) / DAY);
    return `${group} runs ${release}${days === undefined ? '' : ` (${days} days old)`} and goes to ${wants}`;
  });
  const more = lags.length > MOST_NAMED ? `; so do ${lags.length - MOST_NAMED} more groups` : '';
  return reason('ImagesBehind', `A newer image is there for node groups of ${name}: ${named.join('; ')}${more}.`);
}

/** The releases that a rollout pins for a cluster, by group; undefined where no image is behind. */
export const pinnedReleases = (lags: readonly ImageLag[]): Readonly<Record<string, string>> | undefined =>
  lags.length === 0 ? undefined : Object.fromEntries(lags.map(({ group, wants }) => [group, wants]));
