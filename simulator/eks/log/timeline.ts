import type { ClusterRecord, FakeEksState, UpdateRecord, VersionEntry } from '../state/fake-eks-state.ts';
import type { MutationRecord } from './mutation-record.ts';

/** The true times of one update, with its cluster. */
type UpdateSpan = UpdateRecord & { readonly clusterArn: string; readonly clusterCreatedAt: number };

/** Every present and former cluster. */
export function everyCluster(state: FakeEksState): ClusterRecord[] {
  return [...Object.values(state.clusters), ...state.gone];
}

/** Every update of every present and former cluster, sorted by start. */
export function updateTimeline(state: FakeEksState): UpdateSpan[] {
  return everyCluster(state)
    .flatMap(({ arn, createdAt, updates }) =>
      updates.map((update) => ({ ...update, clusterArn: arn, clusterCreatedAt: createdAt })),
    )
    .sort((left, right) => left.createdAt - right.createdAt);
}

/** The versions one cluster's control plane has had; the key is the ARN with the creation time. */
export function versionTimeline(
  state: FakeEksState,
  cluster: { arn: string; createdAt: number },
): readonly VersionEntry[] {
  const found = everyCluster(state).find((each) => each.arn === cluster.arn && each.createdAt === cluster.createdAt);
  return found?.versions ?? [];
}

/** The control plane's version at an instant; undefined before the cluster existed. */
export function versionAt(
  state: FakeEksState,
  cluster: { arn: string; createdAt: number },
  at: number,
): string | undefined {
  return versionTimeline(state, cluster).findLast((entry) => entry.since <= at)?.version;
}

/** Accepted mutations that match all given members, without replays unless requested. */
export function acceptedMutations(
  state: FakeEksState,
  wanted: {
    clusterArn?: string;
    operation?: string;
    principal?: string;
    account?: string;
    withReplays?: boolean;
  } = {},
): MutationRecord[] {
  return state.mutations.filter(
    (mutation) =>
      (wanted.withReplays === true || !mutation.replay) &&
      (wanted.clusterArn === undefined || mutation.clusterArn === wanted.clusterArn) &&
      (wanted.operation === undefined || mutation.operation === wanted.operation) &&
      (wanted.principal === undefined || mutation.principal === wanted.principal) &&
      (wanted.account === undefined || mutation.account === wanted.account),
  );
}

/** Pairs of updates of one subject that ran at the same time. EKS allows none, so a hit is a fault of the model. */
export function overlappingUpdates(state: FakeEksState): [UpdateSpan, UpdateSpan][] {
  const latest = new Map<string, UpdateSpan>();
  const overlaps: [UpdateSpan, UpdateSpan][] = [];
  for (const each of updateTimeline(state)) {
    const key = [each.clusterArn, each.clusterCreatedAt, each.nodegroupName, each.addonName].join('|');
    const earlier = latest.get(key);
    if (earlier !== undefined && (earlier.endedAt ?? Number.POSITIVE_INFINITY) > each.createdAt) {
      overlaps.push([earlier, each]);
    }
    latest.set(key, each);
  }
  return overlaps;
}
