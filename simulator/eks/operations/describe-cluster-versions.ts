import type { ClusterVersionInformation, ClusterVersionStatus, VersionStatus } from '@aws-sdk/client-eks';
import type { OperationContext } from '../operation-context.ts';
import { paginate } from '../pagination.ts';
import { supportStatus } from '../support-calendar.ts';
import type { SupportCalendarRow } from '../support-calendar-data.ts';
import type { EksOperations } from './eks-operations.ts';

const deprecatedStatus: Readonly<Record<VersionStatus, ClusterVersionStatus>> = {
  STANDARD_SUPPORT: 'standard-support',
  EXTENDED_SUPPORT: 'extended-support',
  UNSUPPORTED: 'unsupported',
};

export const versionOffer: EksOperations<'DescribeClusterVersions'> = {
  /** Released minors, newest first; unsupported ones only when asked for (facts: eks.md §1.2). */
  DescribeClusterVersions(context, input) {
    const calendar = context.state.supportCalendar;
    const released = calendar.filter((row) => supportStatus(calendar, row.minor, context.now) !== undefined);
    const newest = released.at(-1)?.minor;
    const versions = released
      .map((row) => information(row, context, row.minor === newest))
      .filter((info) => {
        if (input.clusterVersions !== undefined && !input.clusterVersions.includes(info.clusterVersion ?? ''))
          return false;
        if (input.defaultOnly === true && info.defaultVersion !== true) return false;
        if (input.versionStatus !== undefined) return info.versionStatus === input.versionStatus;
        if (input.status !== undefined) return info.status === input.status;
        return input.includeAll === true || input.clusterVersions !== undefined || info.versionStatus !== 'UNSUPPORTED';
      })
      .reverse();
    const { page, ...rest } = paginate(versions, input);
    return { clusterVersions: page, ...rest };
  },
};

function information(
  row: SupportCalendarRow,
  context: OperationContext,
  defaultVersion: boolean,
): ClusterVersionInformation {
  const versionStatus = supportStatus(context.state.supportCalendar, row.minor, context.now) ?? 'UNSUPPORTED';
  return {
    clusterVersion: row.minor,
    clusterType: 'eks',
    defaultPlatformVersion: row.platformVersion,
    defaultVersion,
    releaseDate: new Date(row.releaseDate),
    endOfStandardSupportDate: new Date(row.endOfStandardSupport),
    endOfExtendedSupportDate: new Date(row.endOfExtendedSupport),
    status: deprecatedStatus[versionStatus],
    versionStatus,
    kubernetesPatchVersion: row.patch,
  };
}
