/** An image as a container names it, taken apart. */
export interface ImageReference {
  /** Registry and path: `registry.k8s.io/ingress-nginx/controller`. */
  readonly repository: string;
  /** Absent where there is none, or only a digest. */
  readonly tag?: string;
}

/** `host:5000/team/app:v1@sha256:…`. A colon after the last slash begins the tag; one before it is a port. */
export function imageReference(image: string): ImageReference {
  const [named = ''] = image.split('@', 1);
  const colon = named.lastIndexOf(':');
  if (colon <= named.lastIndexOf('/')) return { repository: named };
  return { repository: named.slice(0, colon), tag: named.slice(colon + 1) };
}

/** Whether a repository is one of those that end alike, whole parts only: mirrors put their own host and folders in front. */
export function isRepository(repository: string, suffix: string): boolean {
  return repository === suffix || repository.endsWith(`/${suffix}`);
}

/** The numbers of a version in front of whatever follows: `v1.12.6-eksbuild.1` → [1, 12, 6]. Undefined without any. */
export function versionNumbers(text: string): number[] | undefined {
  const match = /^[a-z-]*v?(\d{1,9}(?:\.\d{1,9}){0,3})/i.exec(text);
  return match?.[1]?.split('.').map(Number);
}

/** Negative when `left` is older; missing numbers count as 0. */
export function compareVersions(left: readonly number[], right: readonly number[]): number {
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether a version is older than the one named; false when either has no numbers. */
export function isBelow(version: string, limit: string): boolean {
  const [left, right] = [versionNumbers(version), versionNumbers(limit)];
  return left !== undefined && right !== undefined && compareVersions(left, right) < 0;
}
