import { KubeVersion } from '../../core/version/kube-version.ts';
import { everyCluster, updateTimeline, versionAt, versionTimeline } from '../eks/log/timeline.ts';
import type { History, Violation } from './history.ts';

/** 1 `one-update`: no mutation by Liftlock was accepted while another update of the same subject ran. */
export function oneUpdate({ world, ours }: History): Violation[] {
  const spans = updateTimeline(world.eks.state);
  return ours.flatMap((mutation) => {
    const own = spans.find((span) => span.id === mutation.updateId);
    if (own === undefined) return [];
    return spans
      .filter(
        (span) =>
          span !== own &&
          span.clusterArn === own.clusterArn &&
          span.nodegroupName === own.nodegroupName &&
          span.addonName === own.addonName,
      )
      .filter((span) => span.createdAt < own.createdAt && (span.endedAt ?? Number.POSITIVE_INFINITY) > own.createdAt)
      .map((span) => ({
        invariant: 'one-update',
        message: `${own.id} on ${own.clusterArn} was started while ${span.id} ran`,
      }));
  });
}

/** Tokens of calls that were committed for rollbacks; `check-rollback.ts` checks whether those were allowed. */
const tokensOfRollbacks = ({ timeline }: History): ReadonlySet<unknown> =>
  new Set(
    timeline.flatMap(({ event, detail }) => {
      const { upgradeId = '', call } = detail as { upgradeId?: string; call?: { input: Record<string, unknown> } };
      return event === 'MutationCommitted' && upgradeId.startsWith('rollback-') ? [call?.input.clientRequestToken] : [];
    }),
  );

/** 2 `one-hop`: every requested version was the control plane's version of that instant plus one, or minus one in a rollback. */
export function oneHop(history: History): Violation[] {
  const { world, ours } = history;
  const backs = tokensOfRollbacks(history);
  return ours
    .filter((mutation) => mutation.operation === 'UpdateClusterVersion')
    .flatMap((mutation) => {
      const asked = String(mutation.request.version);
      const cluster = { arn: mutation.clusterArn, createdAt: mutation.clusterCreatedAt };
      const before = versionTimeline(world.eks.state, cluster).findLast((entry) => entry.since < mutation.at)?.version;
      const [from, to] = backs.has(mutation.request.clientRequestToken) ? [asked, before] : [before, asked];
      const isHop =
        from !== undefined && to !== undefined && KubeVersion.parse(from).next().equals(KubeVersion.parse(to));
      return isHop
        ? []
        : [
            {
              invariant: 'one-hop',
              message: `${mutation.clusterArn} was at ${before ?? 'nothing'} when ${asked} was asked for`,
            },
          ];
    });
}

/** 3 `skew`: no node group is newer than its control plane, and none is more than three minors older where Liftlock has moved that to its version. */
export function skew({ world, ours }: History): Violation[] {
  const moved = new Set(
    ours
      .filter((mutation) => mutation.operation === 'UpdateClusterVersion')
      .map(({ clusterArn, clusterCreatedAt, request }) => `${clusterArn}@${clusterCreatedAt} ${request.version}`),
  );
  return everyCluster(world.eks.state).flatMap((cluster) =>
    cluster.kubernetes.nodes.flatMap((node) => {
      const behind = KubeVersion.parse(node.kubeletVersion).minorsBehind(KubeVersion.parse(cluster.version));
      const broken = behind < 0 || (behind > 3 && moved.has(`${cluster.arn}@${cluster.createdAt} ${cluster.version}`));
      return broken
        ? [
            {
              invariant: 'skew',
              message: `${cluster.name}: ${node.name} is at ${node.kubeletVersion}, the API server at ${cluster.version}`,
            },
          ]
        : [];
    }),
  );
}

/** 4 `order`: a node group went to a version only after the control plane was there. */
export function order(history: History): Violation[] {
  const { world, ours } = history;
  return ours
    .filter((mutation) => mutation.operation === 'UpdateNodegroupVersion' && mutation.request.version !== undefined)
    .flatMap((mutation) => {
      const cluster = { arn: mutation.clusterArn, createdAt: mutation.clusterCreatedAt };
      const at = versionAt(world.eks.state, cluster, mutation.at);
      const there =
        at !== undefined && !KubeVersion.parse(at).isOlderThan(KubeVersion.parse(String(mutation.request.version)));
      return there
        ? []
        : [
            {
              invariant: 'order',
              message: `${mutation.clusterArn}: a node group was sent to ${String(mutation.request.version)} at ${at ?? 'nothing'}`,
            },
          ];
    });
}
