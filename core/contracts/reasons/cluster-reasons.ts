import type { ReasonFamily } from './reason-facts.ts';

/** What a cluster, its tags, its policy and its target say: whether it is touched at all, and how far it goes. */
export const CLUSTER_REASONS = {
  AddonsBehind: {
    kind: 'told',
    meaning: 'Its control plane is at its target or past it, and EKS does not list the version of an add-on for it.',
  },
  AlreadyThere: {
    kind: 'lasting',
    meaning: 'The cluster has the version that somebody asks for; nothing is left to do.',
  },
  AmbiguousPolicy: {
    kind: 'lasting',
    meaning: 'Several policies select the cluster; it is left alone until one does.',
  },
  AtTarget: { kind: 'told', meaning: 'It is at its target already.' },
  BadTag: { kind: 'closing', meaning: 'A tag cannot be read, or names a wave or Calendar that is not there.' },
  BeyondTarget: { kind: 'closing', meaning: 'The cluster is newer than its target; Liftlock never goes down.' },
  ClusterStatus: { kind: 'lasting', meaning: 'The cluster is FAILED or DELETING, so EKS takes no update in it.' },
  Creating: { kind: 'passing', meaning: 'The cluster is being created; it is set aside until it is there.' },
  Deleting: { kind: 'passing', meaning: 'The cluster is being deleted; it is set aside until it is gone.' },
  Downgrade: { kind: 'lasting', meaning: 'The version asked for is older than that of the cluster.' },
  Excluded: { kind: 'closing', meaning: 'The tag paused keeps Liftlock away from the cluster.' },
  FinishOnly: {
    kind: 'lasting',
    meaning: 'The upgrade brings node groups and add-ons to the version of the control plane, and moves none.',
  },
  Gone: { kind: 'closing', meaning: 'The cluster was deleted, also where another one has its name.' },
  HalfDone: { kind: 'lasting', meaning: 'A hop has moved the control plane and failed; a person has to finish it.' },
  InvalidTarget: { kind: 'lasting', meaning: 'The target of the policy is not one.' },
  ManualNodes: {
    kind: 'told',
    meaning: 'Its control plane is at its target or past it, and nodes are behind that Liftlock cannot roll.',
  },
  NodesBehind: {
    kind: 'told',
    meaning: 'Its control plane is at its target or past it, and a managed node group is behind.',
  },
  NotInFleet: { kind: 'closing', meaning: 'The Fleet does not name the account and the Region of the cluster.' },
  NoPolicy: { kind: 'lasting', meaning: 'No policy selects the cluster.' },
  NoWave: {
    kind: 'lasting',
    meaning: 'No wave of the policy selects the cluster, or the wave is not in the policy any more.',
  },
  NotCovered: { kind: 'lasting', meaning: 'The target is newer than the data of this release; update Liftlock.' },
  NotOffered: {
    kind: 'lasting',
    meaning: 'EKS does not offer the target in the Region, or what it offers is not known yet.',
  },
  NotOneHop: { kind: 'lasting', meaning: 'The version asked for is more than one minor away.' },
  NotTheControlPlanesVersion: {
    kind: 'lasting',
    meaning: 'Node groups and add-ons go to the version of the control plane, and another one is asked for.',
  },
  Pinned: { kind: 'closing', meaning: 'The tag pin-version keeps the cluster at an older version.' },
  Policy: { kind: 'told', meaning: 'Which policy selects the cluster, and by what.' },
  PolicyError: { kind: 'lasting', meaning: 'An expression has no answer for the cluster, which is never a match.' },
  RecentlyCreated: {
    kind: 'timed',
    meaning: 'The cluster is younger than six hours; it is set aside until it is not.',
  },
  SuspiciousTrait: {
    kind: 'lasting',
    meaning:
      'The cluster shares what all clusters that failed have in common, until one that has it succeeds or liftlock rollout release-trait.',
  },
  UnknownChannel: {
    kind: 'lasting',
    meaning: 'The policy names a Channel that is not applied, or that this version cannot read.',
  },
  Unreachable: { kind: 'lasting', meaning: 'Liftlock may not read the cluster; it is set aside until it can.' },
  Unsupported: { kind: 'closing', meaning: 'The cluster is of a kind that Liftlock does not touch.' },
} as const satisfies ReasonFamily;
