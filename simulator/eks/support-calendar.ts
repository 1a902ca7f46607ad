import type { VersionStatus } from '@aws-sdk/client-eks';
import { KubeVersion } from '../../core/version/kube-version.ts';
import type { SupportCalendarRow } from './support-calendar-data.ts';

/** The support status of a minor at `now`; undefined before its release or when the calendar does not know it. */
export function supportStatus(
  calendar: readonly SupportCalendarRow[],
  minor: string,
  now: number,
): VersionStatus | undefined {
  const row = calendarRow(calendar, minor);
  if (row === undefined || now < Date.parse(row.releaseDate)) return undefined;
  if (now < Date.parse(row.endOfStandardSupport)) return 'STANDARD_SUPPORT';
  return now < Date.parse(row.endOfExtendedSupport) ? 'EXTENDED_SUPPORT' : 'UNSUPPORTED';
}

/** Whether clusters may be created at, or moved to, this minor now: standard or extended (facts: eks.md §1.1). */
export function isOffered(calendar: readonly SupportCalendarRow[], minor: string, now: number): boolean {
  const status = supportStatus(calendar, minor, now);
  return status === 'STANDARD_SUPPORT' || status === 'EXTENDED_SUPPORT';
}

/** A version in the API's form, `1.36`: neither words nor a patch. */
export function parseMinor(text: string): KubeVersion | undefined {
  const version = KubeVersion.tryParse(text);
  return version?.toString() === text ? version : undefined;
}

export function calendarRow(calendar: readonly SupportCalendarRow[], minor: string): SupportCalendarRow | undefined {
  return calendar.find((row) => row.minor === minor);
}

/** `v1.34.4-eks-b3126f4`, the version that the minor's servers and kubelets report. */
export function reportedVersion(calendar: readonly SupportCalendarRow[], minor: string): string {
  const row = calendarRow(calendar, minor);
  return row === undefined ? `v${minor}.0-eks-0000000` : `v${row.patch}-eks-${row.build}`;
}

/** The latest platform version of a minor, on which upgrades and rollbacks land (facts: eks.md §1.5). */
export function latestPlatformVersion(calendar: readonly SupportCalendarRow[], minor: string): string {
  return calendarRow(calendar, minor)?.platformVersion ?? 'eks.1';
}
