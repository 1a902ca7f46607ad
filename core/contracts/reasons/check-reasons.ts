import type { ReasonFamily } from './reason-facts.ts';

/** What the scan before a hop and the smoke check after it say of the cluster. */
export const CHECK_REASONS = {
  AddonInsight: { kind: 'told', meaning: 'An insight about add-ons, which the add-on step repairs.' },
  Al2Nodegroup: { kind: 'lasting', meaning: 'The node group runs Amazon Linux 2, which has no image of the target.' },
  ApiServerNotReady: { kind: 'lasting', meaning: 'The API server answers that it is not ready.' },
  ClusterForbidden: { kind: 'lasting', meaning: 'The API server knows the role of Liftlock and does not let it read.' },
  ClusterHealth: { kind: 'lasting', meaning: 'EKS reports an issue on the cluster that makes an update fail.' },
  ClusterServerFault: { kind: 'lasting', meaning: 'The API server answered with a fault of its own.' },
  ClusterUnauthorized: { kind: 'lasting', meaning: 'The API server does not know the role of Liftlock.' },
  ClusterUnreachable: { kind: 'lasting', meaning: 'The API server did not answer.' },
  DrainLosesPods: { kind: 'told', meaning: 'Pods that no controller makes again end with their node.' },
  DrainStuck: {
    kind: 'lasting',
    meaning: 'Nodes cannot be drained: a budget, or several on one pod, never let a pod go.',
  },
  DrainUncertain: {
    kind: 'told',
    meaning: 'Whether nodes can be drained depends on time, on an order, or on what is not known.',
  },
  InsightError: { kind: 'lasting', meaning: 'An upgrade insight of EKS has found an error.' },
  InsightOutdated: { kind: 'told', meaning: 'Every client that an insight names has changed since its last call.' },
  InsightStale: { kind: 'lasting', meaning: 'An insight passed, and was last refreshed more than a day ago.' },
  InsightUnknown: { kind: 'lasting', meaning: 'EKS could not evaluate an insight, and that is not a pass.' },
  InsightWarning: { kind: 'told', meaning: 'An upgrade insight of EKS warns.' },
  MoreUnhealthyPods: { kind: 'lasting', meaning: 'More pods are pending or failing than before the upgrade.' },
  Looked: { kind: 'told', meaning: 'What a step that succeeded has looked at, with figures.' },
  NeverScanned: { kind: 'lasting', meaning: 'Nobody has looked yet whether the cluster may go to its next minor.' },
  NoBaseline: { kind: 'told', meaning: 'There is no scan from before to compare the pods with.' },
  NodeNotReady: { kind: 'lasting', meaning: 'Nodes are not Ready.' },
  NoEndpoint: { kind: 'lasting', meaning: 'EKS gives no endpoint of the API server.' },
  NotVerified: { kind: 'told', meaning: 'The policy says eks-api, so nothing in the cluster was looked at.' },
  OldKubelet: {
    kind: 'lasting',
    meaning: 'Nodes run an older kubelet; only told where Liftlock does not roll them now.',
  },
  WillBeReverted: {
    kind: 'lasting',
    meaning:
      'A tool that has made the cluster knows its version and would take it back; told, or what the policy holds for.',
  },
  ScanStale: { kind: 'lasting', meaning: 'The last look is older than a day, or of another version.' },
  Spread: { kind: 'told', meaning: 'A daily look waits for its turn within the hour.' },
  ScanFinding: { kind: 'lasting', meaning: 'The scan found what breaks at the target.' },
  ScanIncomplete: { kind: 'lasting', meaning: 'The scan could not read everything.' },
  ScanWarning: { kind: 'told', meaning: 'The scan found what breaks later, or has been broken already.' },
  UrlFailed: { kind: 'lasting', meaning: 'A URL that the policy names did not answer well.' },
  VersionSkew: { kind: 'lasting', meaning: 'Nodes or kube-proxy would be too far behind the API server.' },
  WorkloadMissing: { kind: 'lasting', meaning: 'A Deployment that the policy names does not exist.' },
  WorkloadUnavailable: { kind: 'lasting', meaning: 'A workload has fewer available than it wants.' },
  WrongVersion: { kind: 'lasting', meaning: 'The cluster or its API server is not at the target after the upgrade.' },
} as const satisfies ReasonFamily;
