/** Compares EKS add-on versions such as `v1.18.3-eksbuild.2` number by number, because semver would treat them as prereleases. */
export function compareAddonVersions(a: string, b: string): number {
  const left = numbers(a);
  const right = numbers(b);
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const numbers = (version: string): number[] => (version.match(/\d+/g) ?? []).map(Number);

/** `1.18` of `v1.18.3-eksbuild.2`. */
export function addonMinor(version: string): string {
  const [major = 0, minor = 0] = numbers(version);
  return `${major}.${minor}`;
}

/** Whether the second version belongs to the minor after that of the first. */
export function isNextAddonMinor(a: string, b: string): boolean {
  const [[major = 0, minor = 0], [nextMajor = 0, nextMinor = 0]] = [numbers(a), numbers(b)];
  return major === nextMajor && nextMinor === minor + 1;
}
