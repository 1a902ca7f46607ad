import { KubeVersion } from '../../../core/version/kube-version.ts';
import type { FakeEksState } from '../state/fake-eks-state.ts';
import { calendarRow } from '../support-calendar.ts';

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

/** Whether an AMI release could be one of that minor: `1.36.2-20261112` on Amazon Linux; for the others only the beginning is checked. */
export function isReleaseOf(release: string, amiType: string, minor: KubeVersion): boolean {
  if (!release.startsWith(`${minor}.`)) return false;
  return !amiType.startsWith('AL2') || /^\d+\.\d+\.\d+-\d{8}$/.test(release);
}

interface PublishedRelease {
  readonly release: string;
  readonly publishedAt: string;
}

/** The newest release of the images that EKS chooses for a minor. Releases of Bottlerocket have names like those of Amazon Linux here. */
export function newestRelease({ supportCalendar, imageDays }: FakeEksState, minor: string): PublishedRelease {
  const day = imageDays?.[minor] ?? '2026-11-12';
  const patch = calendarRow(supportCalendar, minor)?.patch ?? `${minor}.0`;
  return { release: `${patch}-${day.replaceAll('-', '')}`, publishedAt: `${day}T00:00:00.000Z` };
}

const OF_AL2023 =
  /^\/aws\/service\/eks\/optimized-ami\/(\d+\.\d+)\/amazon-linux-2023\/.+\/recommended\/release_version$/;
const OF_BOTTLEROCKET =
  /^\/aws\/service\/bottlerocket\/aws-k8s-(\d+\.\d+)(?:-[a-z]+)?\/[a-z0-9_]+\/latest\/image_version$/;

/** AWS's own parameter of the newest release (https://docs.aws.amazon.com/eks/latest/userguide/retrieve-ami-id.html). */
export function publishedRelease(state: FakeEksState, name: string): PublishedRelease | undefined {
  const [, minor] = OF_AL2023.exec(name) ?? OF_BOTTLEROCKET.exec(name) ?? [];
  const isKnown = minor !== undefined && calendarRow(state.supportCalendar, minor) !== undefined;
  return isKnown ? newestRelease(state, minor) : undefined;
}
