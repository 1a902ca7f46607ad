import type { Category, InsightResourceDetail, InsightStatusValue } from '@aws-sdk/client-eks';
import type { ClusterRecord, FakeEksState } from '../state/fake-eks-state.ts';
import type { DeprecationRecord } from '../state/insights-state.ts';

/** The result of one check for one cluster. */
export interface Finding {
  name: string;
  category: Category;
  /** The version of the check: the next one, the previous one, or the one that removes an API. */
  kubernetesVersion: string;
  description: string;
  status: InsightStatusValue;
  reason: string;
  recommendation: string;
  resources?: InsightResourceDetail[];
  deprecationDetails?: DeprecationRecord[];
  addonCompatibilityDetails?: { name: string; compatibleVersions: string[] }[];
}

/** The input of a check. */
export interface Subject {
  state: FakeEksState;
  cluster: ClusterRecord;
  now: number;
}
