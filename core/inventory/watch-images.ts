import type { ImageReleases } from '../contracts/items/cluster.ts';
import { batchesOf } from '../model/batches.ts';
import type { AccountReader } from '../ports/account.ts';
import type { Scope } from '../ports/eks.ts';
import { compareReleases, RELEASED_TYPES, releaseParameter } from '../version/image-release.ts';

/** The most names of one GetParameters (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html). */
const NAMES = 10;
/** So many releases are kept of each image: with one a week those of two months, from which `minAge` chooses. */
const KEPT = 8;

/** Reads the newest release of every image that EKS chooses for these minors. */
export async function readReleases(
  account: Pick<AccountReader, 'getParameters'>,
  scope: Scope,
  minors: readonly string[],
): Promise<ImageReleases['images']> {
  const asked = minors.flatMap((version) =>
    RELEASED_TYPES.map((amiType) => ({ version, amiType, name: releaseParameter(version, amiType) ?? '' })),
  );
  const images: ImageReleases['images'] = [];
  for (const batch of batchesOf(asked, NAMES)) {
    const found = await account.getParameters(
      scope,
      batch.map(({ name }) => name),
    );
    for (const { name, ...image } of batch) {
      const parameter = found.find((one) => one.name === name);
      if (parameter === undefined) continue;
      const { value: release, lastModifiedDate } = parameter;
      images.push({ ...image, releases: [{ release, publishedAt: lastModifiedDate.toISOString() }] });
    }
  }
  return images;
}

const UNREAD_DAYS = 7;

type Image = ImageReleases['images'][number];
type Release = Image['releases'][number];

/**
 * Adds the releases that were known before, since Systems Manager returns only the newest. An image of which it has just returned none stays known for
 * a week, while its minor is offered: one reading may lack it, and AWS may have taken it away.
 */
export function withEarlier(
  read: ImageReleases['images'],
  known: ImageReleases['images'],
  minors: readonly string[],
  now: Date,
): ImageReleases['images'] {
  const isOf = (image: Image) => (one: Image) => one.version === image.version && one.amiType === image.amiType;
  const unread = known
    .filter((one) => minors.includes(one.version) && !read.some(isOf(one)))
    .map((one) => ({ ...one, unreadSince: one.unreadSince ?? now.toISOString() }))
    .filter(({ unreadSince }) => now.getTime() - Date.parse(unreadSince) < UNREAD_DAYS * 24 * 3_600_000);
  const images = read.map((image) => {
    const before = known.find(isOf(image));
    // AWS has withdrawn a release that is newer than the newest one now.
    const isEarlier = ({ release }: Release) =>
      image.releases.every((one) => compareReleases(release, one.release) < 0);
    const earlier = before?.releases.filter(isEarlier) ?? [];
    // A parameter that is written again with the same release does not change the day of its publication.
    const releases = image.releases.map(
      (one) => before?.releases.find(({ release }) => release === one.release) ?? one,
    );
    return { ...image, releases: [...releases, ...earlier].slice(0, KEPT) };
  });
  return [...images, ...unread];
}
