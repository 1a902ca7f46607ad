import type { ClusterVersionInformation } from '../ports/eks.ts';
import { KubeVersion } from './kube-version.ts';
import { type SupportStatus, statusOf, type VersionDates } from './support-status.ts';

/** One row of DescribeClusterVersions. Its `versionStatus` is used only where the dates are not enough. */
export type ClusterVersionRow = Omit<ClusterVersionInformation, 'defaultVersion'>;

/** The Kubernetes versions of EKS and the ends of their support. Immutable. */
export class SupportCalendar {
  readonly #dates: ReadonlyMap<string, VersionDates>;

  private constructor(dates: ReadonlyMap<string, VersionDates>) {
    this.#dates = dates;
  }

  /** The table of this release (`eksVersions`), for offline use and as a base for a Region's answer. */
  static builtIn(): SupportCalendar {
    return SupportCalendar.of(
      eksVersions.map((row) => ({
        clusterVersion: row.version,
        releaseDate: new Date(row.release),
        endOfStandardSupportDate: new Date(row.endOfStandardSupport),
        endOfExtendedSupportDate: new Date(row.endOfExtendedSupport),
      })),
    );
  }

  /**
   * A Region's own calendar, from all pages of DescribeClusterVersions. A row with an unreadable version is left out: its clusters are `unknown`,
   * which never counts as supported.
   */
  static of(rows: readonly ClusterVersionRow[]): SupportCalendar {
    const dates = new Map<string, VersionDates>();
    for (const row of rows) {
      const version = KubeVersion.tryParse(row.clusterVersion);
      if (version !== undefined) dates.set(version.toString(), datesOf(version, row));
    }
    return new SupportCalendar(dates);
  }

  /**
   * This calendar with the rows of another answer, which replace its own, for support dates. What a Region offers must come from that Region's rows
   * alone (`SupportCalendar.of`).
   */
  with(rows: readonly ClusterVersionRow[]): SupportCalendar {
    return new SupportCalendar(new Map([...this.#dates, ...SupportCalendar.of(rows).#dates]));
  }

  /** Every minor in the calendar, oldest first. */
  versions(): KubeVersion[] {
    return [...this.#dates.values()].map((dates) => dates.version).sort((a, b) => a.compare(b));
  }

  /**
   * The support of a version at an instant. A version older than everything in the calendar is `unsupported`, because EKS lists at least all that it
   * supports. One that is newer than everything, or not released at `now`, is `unknown`. `supportType`: that of the cluster.
   */
  supportStatus(version: KubeVersion, now: Date, supportType?: string): SupportStatus {
    const dates = this.#dates.get(version.toString());
    if (dates !== undefined) return statusOf(dates, now, supportType);
    const oldest = this.versions()[0];
    return { version, state: oldest !== undefined && version.isOlderThan(oldest) ? 'unsupported' : 'unknown' };
  }

  supportState(version: KubeVersion, now: Date): SupportStatus['state'] {
    return this.supportStatus(version, now).state;
  }

  /** The versions that EKS offers at `now`: released and in standard or extended support (facts: eks.md §1.1). Oldest first. */
  offered(now: Date): KubeVersion[] {
    return this.versions().filter((version) => {
      const state = this.supportState(version, now);
      return state === 'standard' || state === 'extended';
    });
  }
}

function datesOf(version: KubeVersion, row: ClusterVersionRow): VersionDates {
  return {
    version,
    ...(row.releaseDate && { releaseDate: row.releaseDate }),
    ...(row.endOfStandardSupportDate && { endOfStandardSupport: row.endOfStandardSupportDate }),
    ...(row.endOfExtendedSupportDate && { endOfExtendedSupport: row.endOfExtendedSupportDate }),
    ...(row.versionStatus !== undefined && { listedAs: row.versionStatus }),
  };
}

/**
 * The Kubernetes versions of Amazon EKS, as its documentation lists them (dates are UTC, each the beginning of that day):
 * https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html, read 2026-10. A Region's answer to DescribeClusterVersions takes
 * precedence.
 * 1.30 is no longer listed with all its dates. The end of its extended support is documented, and the others follow from the rule of 14 months
 * standard and 12 months extended support. It is kept so that its clusters show since when they are late.
 */
export const eksVersions = [
  { version: '1.30', release: '2024-05-23', endOfStandardSupport: '2025-07-23', endOfExtendedSupport: '2026-07-23' },
  { version: '1.31', release: '2024-09-26', endOfStandardSupport: '2025-11-26', endOfExtendedSupport: '2026-11-26' },
  { version: '1.32', release: '2025-01-23', endOfStandardSupport: '2026-03-23', endOfExtendedSupport: '2027-03-23' },
  { version: '1.33', release: '2025-05-29', endOfStandardSupport: '2026-07-29', endOfExtendedSupport: '2027-07-29' },
  { version: '1.34', release: '2025-10-02', endOfStandardSupport: '2026-12-02', endOfExtendedSupport: '2027-12-02' },
  { version: '1.35', release: '2026-01-27', endOfStandardSupport: '2027-03-27', endOfExtendedSupport: '2028-03-27' },
  { version: '1.36', release: '2026-06-02', endOfStandardSupport: '2027-08-02', endOfExtendedSupport: '2028-08-02' },
  { version: '1.37', release: '2026-10-01', endOfStandardSupport: '2027-12-01', endOfExtendedSupport: '2028-12-01' },
] as const;

/** The newest minor that the data of this release cover; beyond it nobody could say what breaks (semantics.md, Target). */
export const COVERED = SupportCalendar.builtIn().versions().at(-1) as KubeVersion;

/** Whether this release knows a minor: of a newer one it cannot tell what that removes. */
export const isCovered = (version: KubeVersion): boolean => !COVERED.isOlderThan(version);
