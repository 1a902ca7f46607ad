import type { ReasonFamily } from './reason-facts.ts';

/** What the steps of an upgrade say: what they wait for, what they did, and how they failed. */
export const STEP_REASONS = {
  AddonFits: { kind: 'told', meaning: 'The add-on stays at its version.' },
  AddonIncompatible: { kind: 'lasting', meaning: 'No version of the add-on fits; update or remove it by hand.' },
  AddonNotMoved: { kind: 'told', meaning: 'EKS did not take the add-on to a newer version; the one that it has fits.' },
  AddonStatus: { kind: 'lasting', meaning: 'The add-on is not ACTIVE and does not become so by itself.' },
  AddonUnknown: { kind: 'lasting', meaning: 'EKS lists no versions of the add-on; update or remove it by hand.' },
  Baking: { kind: 'timed', meaning: 'The cluster runs with its nodes behind until the bake is over.' },
  CustomAmi: { kind: 'told', meaning: 'The node group runs an AMI of your own, which EKS does not roll to a version.' },
  Denied: { kind: 'lasting', meaning: 'AWS denied a read; what was begun looks again, what was not is blocked.' },
  ExecutionMissing: { kind: 'lasting', meaning: 'The execution of the upgrade does not exist any more.' },
  Failed: { kind: 'lasting', meaning: 'A plan by chance takes the upgrade to fail.' },
  ForeignUpdate: {
    kind: 'passing',
    meaning: 'Somebody else changes what the step is about; after seven days the upgrade is blocked.',
  },
  Listed: { kind: 'told', meaning: 'The node groups were listed.' },
  MoreReasons: { kind: 'told', meaning: 'There are more reasons than are kept.' },
  NodegroupStatus: { kind: 'lasting', meaning: 'The node group has a status in which EKS takes no update.' },
  NodesLater: { kind: 'told', meaning: 'The nodes stay behind, since the next hop allows it (whenSkewRequires).' },
  NoOutcome: { kind: 'lasting', meaning: 'The execution ended without an outcome that can be read.' },
  NoSuchNodegroup: { kind: 'lasting', meaning: 'The cluster has no node group of the name that a person gave.' },
  NotActive: { kind: 'passing', meaning: 'A cluster, node group or add-on is not ACTIVE yet.' },
  NotStarted: { kind: 'lasting', meaning: 'The node group was not started, because one before it failed.' },
  NotVisibleYet: { kind: 'passing', meaning: 'The update succeeded, and EKS does not show it yet.' },
  RefreshDenied: {
    kind: 'told',
    meaning: 'The refresh of the insights was denied; only what is younger than a day counts.',
  },
  RefreshFailed: {
    kind: 'told',
    meaning: 'EKS could not refresh its insights; only what is younger than a day counts.',
  },
  RefreshingInsights: { kind: 'passing', meaning: 'EKS refreshes its upgrade insights.' },
  RefreshTooSlow: {
    kind: 'told',
    meaning: 'EKS did not refresh its insights in time; only what is younger than a day counts.',
  },
  Rolled: { kind: 'told', meaning: 'Every node of the node group was replaced.' },
  Scanning: { kind: 'passing', meaning: 'The scan of the cluster goes on.' },
  Stopped: { kind: 'lasting', meaning: 'The upgrade ended without a reason.' },
  StoppedFromOutside: {
    kind: 'lasting',
    meaning: 'The execution ended without concluding: it was stopped or timed out.',
  },
  Throttled: { kind: 'passing', meaning: 'AWS throttles the calls of the account.' },
  UpdateFailed: { kind: 'lasting', meaning: 'An update of EKS ended without success, and EKS names no error.' },
  UpdateInProgress: { kind: 'passing', meaning: 'EKS works on the update.' },
  Upgraded: { kind: 'told', meaning: 'The control plane is at its version.' },
} as const satisfies ReasonFamily;
