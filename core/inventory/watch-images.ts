import type { ImageReleases } from '../contracts/items/cluster.ts';
import { batchesOf } from '../model/batches.ts';
import type { AccountReader } from '../ports/account.ts';
import type { Scope } from '../ports/eks.ts';
import { compareReleases, RELEASED_TYPES, releaseParameter } from '../version/image-release.ts';

/** So many names one GetParameters takes (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html). */
const NAMES = 10;
/** Of each image so many releases are kept: with one a week those of two months, from which `minAge` chooses. */
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

type Release = ImageReleases['images'][number]['releases'][number];

/** With what was known before: Systems Manager tells the newest alone. */
export function withEarlier(read: ImageReleases['images'], known: ImageReleases['images']): ImageReleases['images'] {
  return read.map((image) => {
    const before = known.find(({ version, amiType }) => version === image.version && amiType === image.amiType);
    // What was newer than the newest of now AWS has withdrawn.
    const isEarlier = ({ release }: Release) =>
      image.releases.every((one) => compareReleases(release, one.release) < 0);
    const earlier = before?.releases.filter(isEarlier) ?? [];
    // A parameter that was written anew with the same release tells no other day of its publication.
    const releases = image.releases.map(
      (one) => before?.releases.find(({ release }) => release === one.release) ?? one,
    );
    return { ...image, releases: [...releases, ...earlier].slice(0, KEPT) };
  });
}
