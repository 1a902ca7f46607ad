import type { Insight } from '@aws-sdk/client-eks';

/** The state and the answers of one cluster's insights. Times are epoch milliseconds. */
export interface InsightsState {
  items: InsightRecord[];
  /** When all checks were last evaluated; undefined before the first time. */
  refreshedAt?: number;
  /** The latest requested refresh. */
  refresh?: { status: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'; message: string; startedAt: number; endedAt?: number };
  /** EKS lost its own access entry: every check answers UNKNOWN (facts: eks.md §4.3). */
  unavailable: boolean;
  /** Requests to APIs that a later version removes, as the audit log shows them. */
  apiUsage: ApiUsage[];
  /** Objects that an older API server does not know; a rollback below `since` is not ready (facts: eks.md §3.3). */
  newerObjects: { uri: string; since: string }[];
}

export type InsightRecord = Omit<Insight, 'lastRefreshTime' | 'lastTransitionTime' | 'categorySpecificSummary'> & {
  id: string;
  name: string;
  lastRefreshTime: number;
  lastTransitionTime: number;
  deprecationDetails?: DeprecationRecord[];
  addonCompatibilityDetails?: { name: string; compatibleVersions: string[] }[];
  /** Imported from a dump under a name that no check here has, and kept unchanged. */
  imported?: boolean;
  /** Imported from a dump without details and not PASSING: its finding is not known, so no refresh here can remove it. */
  unexplained?: boolean;
};

export interface DeprecationRecord {
  usage: string;
  replacedWith: string;
  stopServingVersion: string;
  startServingReplacementVersion: string;
  clientStats: { userAgent: string; numberOfRequestsLast30Days: number; lastRequestTime: number }[];
}

export interface ApiUsage {
  /** `/apis/storage.k8s.io/v1beta1/volumeattributesclasses` */
  usage: string;
  replacedWith: string;
  stopServingVersion: string;
  startServingReplacementVersion: string;
  clients: {
    userAgent: string;
    requestsPerDay: number;
    /** Last time it was seen; ignored while `active`. */
    lastRequestTime: number;
    /** It still calls: its last request is always a moment ago. */
    active: boolean;
  }[];
}
