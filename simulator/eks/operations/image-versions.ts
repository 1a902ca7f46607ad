import { KubeVersion } from '../../../core/version/kube-version.ts';

/** Why a node group's family of images has none for that minor; undefined when it has (facts: eks.md §5.3). */
export function missingImage(amiType: string, minor: KubeVersion): string | undefined {
  if (amiType.startsWith('AL2_') && KubeVersion.parse('1.32').isOlderThan(minor)) {
    return `AMI Type ${amiType} is only supported for kubernetes versions 1.32 or earlier`;
  }
  if (/^WINDOWS_.*_2025_/.test(amiType) && minor.isOlderThan(KubeVersion.parse('1.35'))) {
    return `AMI Type ${amiType} is only supported for kubernetes versions 1.35 or later`;
  }
  return undefined;
}

/** Whether an AMI release could be one of that minor: `1.36.2-20261112` on Amazon Linux; of the others only the beginning is looked at. */
export function isReleaseOf(release: string, amiType: string, minor: KubeVersion): boolean {
  if (!release.startsWith(`${minor}.`)) return false;
  return !amiType.startsWith('AL2') || /^\d+\.\d+\.\d+-\d{8}$/.test(release);
}
