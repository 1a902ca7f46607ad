import type { KubeVersion } from './kube-version.ts';

/** `unknown` means that nobody may rely on support: there are no data, unreadable data, or the version is not released yet. */
export type SupportState = 'standard' | 'extended' | 'unsupported' | 'unknown';

/** The days before a deadline on which people are notified, the earliest first. */
const deadlineDays = [90, 60, 30, 7] as const;
type DeadlineBucket = (typeof deadlineDays)[number];

export interface VersionDates {
  readonly version: KubeVersion;
  readonly releaseDate?: Date;
  readonly endOfStandardSupport?: Date;
  readonly endOfExtendedSupport?: Date;
  /** `versionStatus` of DescribeClusterVersions. */
  readonly listedAs?: string;
}

export interface SupportStatus extends Omit<VersionDates, 'listedAs'> {
  readonly state: SupportState;
  /** The next date that matters; absent for unsupported versions, and where the calendar has no date. */
  readonly deadline?: SupportDeadline;
}

export interface SupportDeadline {
  readonly kind: 'endOfStandardSupport' | 'endOfExtendedSupport';
  /** Whether EKS may move the control plane by force from then on; otherwise extended support is paid from then on. */
  readonly forced: boolean;
  readonly at: Date;
  /** Days until then, rounded up: at most 7 exactly when bucket 7 is reached. */
  readonly daysLeft: number;
  /** The smallest of 90, 60, 30 and 7 days that is reached; absent while it is further away. */
  readonly bucket?: DeadlineBucket;
}

const millisecondsPerDay = 86_400_000;

/**
 * A support period ends at the instant of its date, because billing begins "at the beginning of the day (UTC+0)". A cluster whose upgrade policy is
 * `STANDARD` has no extended support, so its support ends with the standard one (facts: eks.md §1.3).
 */
export function statusOf(given: VersionDates, now: Date, supportType?: string): SupportStatus {
  const isStandard = supportType === 'STANDARD';
  const dates = isStandard ? withoutExtended(given) : given;
  const { listedAs, ...known } = dates;
  const state = stateOf(dates, now.getTime());
  const deadline = deadlineOf(dates, state, now.getTime(), isStandard);
  return { ...known, state, ...(deadline && { deadline }) };
}

function withoutExtended({ endOfExtendedSupport: _, listedAs, ...dates }: VersionDates): VersionDates {
  const { endOfStandardSupport: end } = dates;
  return {
    ...dates,
    ...(end === undefined ? {} : { endOfExtendedSupport: end }),
    ...(listedAs === undefined ? {} : { listedAs: listedAs === 'EXTENDED_SUPPORT' ? 'UNSUPPORTED' : listedAs }),
  };
}

function stateOf(dates: VersionDates, now: number): SupportState {
  const release = dates.releaseDate?.getTime();
  const standard = dates.endOfStandardSupport?.getTime();
  const extended = dates.endOfExtendedSupport?.getTime();
  if ([release, standard, extended, now].some((instant) => Number.isNaN(instant))) return 'unknown';
  if (release !== undefined && now < release) return 'unknown';
  if (extended !== undefined && now >= extended) return 'unsupported';
  if (standard !== undefined && now < standard) return 'standard';
  if (standard !== undefined && extended !== undefined) return 'extended';
  const listed = listedState(dates.listedAs);
  return listed === 'standard' && standard !== undefined ? 'unknown' : listed;
}

function listedState(listedAs: string | undefined): SupportState {
  if (listedAs === 'STANDARD_SUPPORT') return 'standard';
  if (listedAs === 'EXTENDED_SUPPORT') return 'extended';
  return listedAs === 'UNSUPPORTED' ? 'unsupported' : 'unknown';
}

function deadlineOf(
  dates: VersionDates,
  state: SupportState,
  now: number,
  isStandard: boolean,
): SupportDeadline | undefined {
  if (state !== 'standard' && state !== 'extended') return undefined;
  const kind = state === 'standard' ? 'endOfStandardSupport' : 'endOfExtendedSupport';
  const at = dates[kind];
  if (at === undefined) return undefined;
  return { kind, forced: isStandard || state === 'extended', ...daysTo(at, new Date(now)) };
}

/** The distance to a date of which people are notified. */
export function daysTo(at: Date, now: Date): Omit<SupportDeadline, 'kind' | 'forced'> {
  const left = (at.getTime() - now.getTime()) / millisecondsPerDay;
  const bucket = deadlineDays.findLast((days) => left <= days);
  return { at, daysLeft: Math.ceil(left), ...(bucket !== undefined && { bucket }) };
}
