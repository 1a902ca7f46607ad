import { addonMinor, compareAddonVersions } from '../../version/addon-version.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import controllerRows from './controllers.json' with { type: 'json' };
import { endsInRepository, parseImage, versionOfTag } from './image-reference.ts';

/** Every controller of `controllers.json`. */
export const controllers = controllerRows as readonly unknown[] as readonly ControllerRow[];

const byComponent = new Map(controllers.map((row) => [row.component, row]));
/** Keyed by the last part of the repository, so that an image is compared with few rows only. */
const byImageName = Map.groupBy(
  controllers.flatMap((row) => row.images.map((suffix) => ({ suffix, row }))),
  ({ suffix }) => lastPart(suffix),
);

/** A known controller whose image was found. */
interface KnownImage {
  readonly component: string;
  /** `1.18.1`; undefined where there is no tag or the tag is no version. */
  readonly version: string | undefined;
}

export function controllerOf(component: string): ControllerRow | undefined {
  return byComponent.get(component);
}

/** The controller of an image, wherever the image is mirrored to. Undefined for every other image. */
export function controllerOfImage(image: string): KnownImage | undefined {
  const { repository, tag } = parseImage(image);
  const known = byImageName.get(lastPart(repository))?.find(({ suffix }) => endsInRepository(repository, suffix));
  if (known === undefined) return undefined;
  return { component: known.row.component, version: tag === undefined ? undefined : versionOfTag(tag) };
}

/**
 * The release line that says which Kubernetes minors `version` supports. Undefined where the table does not say: for a version before the first line,
 * and for a version of a later line than the last when the last line names a newest minor. The last line of a row is the newest that its source knew,
 * and later releases may support more.
 */
export function releaseOf(row: ControllerRow, version: string): ControllerRelease | undefined {
  const last = row.releases.at(-1);
  const isLater = last !== undefined && compareAddonVersions(addonMinor(version), addonMinor(last.release)) > 0;
  if (isLater && last.max !== null) return undefined;
  return row.releases.findLast(({ release }) => compareAddonVersions(release, version) <= 0);
}

/** Whether the maintainers of the release name the minor. */
export function supports({ min, max }: ControllerRelease, minor: KubeVersion): boolean {
  if (minor.isOlderThan(KubeVersion.parse(min))) return false;
  return max === null || minor.compare(KubeVersion.parse(max)) <= 0;
}

/** `Kubernetes 1.33 to 1.36` */
export const rangeText = ({ min, max }: ControllerRelease): string =>
  max === null ? `Kubernetes ${min} and newer` : `Kubernetes ${min} to ${max}`;

function lastPart(repository: string): string {
  return repository.slice(repository.lastIndexOf('/') + 1);
}

/** A well-known controller that runs in clusters, and which Kubernetes minors each of its releases supports. */
export interface ControllerRow {
  /** `cert-manager` */
  readonly component: string;
  /** Repositories of its images without registry, compared from the end because mirrors keep the last parts: `jetstack/cert-manager-controller`. */
  readonly images: readonly string[];
  /** Releases, the oldest first. A version belongs to the last row whose `release` is not newer than it. */
  readonly releases: readonly ControllerRelease[];
  /** How far to trust the ranges: `tested` by the maintainers, or only a `minimum` that they name. */
  readonly basis: 'tested' | 'minimum';
  /** An entry of `sources.json`: where new releases and their ranges are published. */
  readonly source: string;
  /** Its last release; null while it is maintained. */
  readonly retired: string | null;
}

export interface ControllerRelease {
  /** The release line that the range is about: `1.18`. */
  readonly release: string;
  /** Kubernetes minors, both inclusive; `max` is null when the maintainers name none. */
  readonly min: string;
  readonly max: string | null;
}
