/**
 * The parameters in which AWS publishes the newest release of the image that EKS chooses for a type; it equals `releaseVersion` of a node group
 * (https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html, https://bottlerocket.dev/en/os/latest/#/install/quickstart/aws/). Windows
 * is missing, because its parameters have no release, and Amazon Linux 2, for which nothing is published any more (facts: eks.md §5.3).
 */
const PUBLISHED: Readonly<Record<string, (minor: string) => string>> = {
  AL2023_x86_64_STANDARD: al2023('x86_64/standard'),
  AL2023_ARM_64_STANDARD: al2023('arm64/standard'),
  AL2023_x86_64_NEURON: al2023('x86_64/neuron'),
  AL2023_x86_64_NVIDIA: al2023('x86_64/nvidia'),
  AL2023_ARM_64_NVIDIA: al2023('arm64/nvidia'),
  BOTTLEROCKET_x86_64: bottlerocket('', 'x86_64'),
  BOTTLEROCKET_ARM_64: bottlerocket('', 'arm64'),
  BOTTLEROCKET_x86_64_NVIDIA: bottlerocket('-nvidia', 'x86_64'),
  BOTTLEROCKET_ARM_64_NVIDIA: bottlerocket('-nvidia', 'arm64'),
  BOTTLEROCKET_x86_64_FIPS: bottlerocket('-fips', 'x86_64'),
  BOTTLEROCKET_ARM_64_FIPS: bottlerocket('-fips', 'arm64'),
};

function al2023(path: string) {
  return (minor: string) =>
    `/aws/service/eks/optimized-ami/${minor}/amazon-linux-2023/${path}/recommended/release_version`;
}

function bottlerocket(variant: string, architecture: string) {
  return (minor: string) => `/aws/service/bottlerocket/aws-k8s-${minor}${variant}/${architecture}/latest/image_version`;
}

/** The types of images whose releases are published. */
export const RELEASED_TYPES: readonly string[] = Object.keys(PUBLISHED);

/** The parameter of Systems Manager with the newest release of a type for a minor; undefined for a type without one. */
export const releaseParameter = (minor: string, amiType: string): string | undefined => PUBLISHED[amiType]?.(minor);

/**
 * Compares releases by their numbers; negative where `a` is older. `1.34.2-20261112` of Amazon Linux has the kubelet's version and the day.
 * `1.55.0-d93bb1b1` of Bottlerocket has its version and the commit, which has no order.
 */
export function compareReleases(a: string, b: string): number {
  const [one, other] = [numbersOf(a), numbersOf(b)];
  const place = one.findIndex((number, index) => number !== other[index]);
  return place === -1 ? 0 : (one[place] ?? 0) - (other[place] ?? 0);
}

const numbersOf = (release: string): readonly number[] => {
  const [, major, minor, patch, day] = /^(\d+)\.(\d+)\.(\d+)(?:-(\d{8})$)?/.exec(release) ?? [];
  return [major, minor, patch, day].map((part) => Number(part ?? 0));
};

/** The day of a release whose name contains it: `1.34.2-20261112`. */
export function madeAt(release: string): Date | undefined {
  const [, year, month, day] = /^\d+\.\d+\.\d+-(\d{4})(\d{2})(\d{2})$/.exec(release) ?? [];
  const at = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/**
 * The release that was pinned for a group, if its present type of images has such releases; undefined where somebody has made the group anew with
 * another type since. Only releases of Amazon Linux end with a day.
 */
export function fittingPin(pinned: string | undefined, amiType: string | undefined): string | undefined {
  if (pinned === undefined || amiType === undefined) return pinned;
  const hasDay = madeAt(pinned) !== undefined;
  return amiType !== 'CUSTOM' && hasDay !== amiType.startsWith('BOTTLEROCKET') ? pinned : undefined;
}
