import type { ReasonFamily } from './reason-facts.ts';

/** What only answers to people say: explain, describe, plans of one upgrade, access checks, reports of a local run. */
export const ANSWER_REASONS = {
  Automatic: { kind: 'passing', meaning: 'The policy begins a rollout by itself within the hour.' },
  BeyondPolicy: { kind: 'told', meaning: 'The upgrade goes beyond what the policy of the cluster asks for.' },
  HopReversible: { kind: 'told', meaning: 'EKS takes the hop back for seven days after it has ended.' },
  InRollout: { kind: 'told', meaning: 'The cluster is a member of a rollout.' },
  InventoryIncomplete: {
    kind: 'passing',
    meaning:
      'An account and Region was not looked at, or not all clusters that it lists are recorded; discovery goes on.',
  },
  ManagedElsewhere: { kind: 'told', meaning: 'Another tool manages the cluster and may move its version back.' },
  ManualTrigger: { kind: 'lasting', meaning: 'The policy has trigger manual, and no rollout of it is under way.' },
  MovedByOthers: { kind: 'told', meaning: 'The control plane moved without Liftlock.' },
  NeedsExtendedSupport: { kind: 'lasting', meaning: 'To go back, the cluster needs the support type EXTENDED.' },
  Next: { kind: 'passing', meaning: 'The cluster is next in its rollout.' },
  NodegroupIssue: { kind: 'told', meaning: 'EKS reports an issue on a node group.' },
  NodesFirst: { kind: 'lasting', meaning: 'To go back, the node groups have to go first.' },
  NotChecked: { kind: 'told', meaning: 'Nobody has looked whether Liftlock may read it.' },
  NotDiscovered: { kind: 'lasting', meaning: 'The account of the cluster could not be listed in its Region.' },
  NotObserved: { kind: 'told', meaning: 'Liftlock did not see when the control plane reached its version.' },
  OneHopAtATime: { kind: 'told', meaning: 'An upgrade moves one minor; the others are asked for afterwards.' },
  RolloutBusy: {
    kind: 'passing',
    meaning: 'A rollout of the policy was planned without the cluster, or goes on without it; another one takes it.',
  },
  Running: { kind: 'passing', meaning: 'The upgrade of the cluster runs.' },
  TakenOut: {
    kind: 'lasting',
    meaning: 'A rollout is through with the cluster; only one that a person creates takes it up.',
  },
  TooLate: { kind: 'lasting', meaning: 'EKS rolls a control plane back within seven days, and they are over.' },
  Unreadable: { kind: 'told', meaning: 'A part of the cluster could not be read; what was known of it stays.' },
  WayBackIsShort: { kind: 'told', meaning: 'EKS ends its support of the version to go back to within seven days.' },
  VersionUnsupported: { kind: 'lasting', meaning: 'EKS does not support the version to go back to any more.' },
} as const satisfies ReasonFamily;
