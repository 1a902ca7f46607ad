import type { ReasonFamily } from './reason-facts.ts';

/** What stands in the way of a grant or of the commit of a change, beside what the cluster itself and its wave say. */
export const GRANT_REASONS = {
  CapReached: { kind: 'passing', waitsFor: 'cap', meaning: 'A cap has no room; another upgrade under it ends.' },
  Contention: { kind: 'passing', meaning: 'Others write to the same items; the step tries again.' },
  FailedMeanwhile: { kind: 'passing', meaning: 'More clusters failed since this was decided; it is decided anew.' },
  FleetNotConfigured: { kind: 'lasting', meaning: 'No Fleet is applied, or none that this version can read.' },
  FleetStopped: { kind: 'passing', meaning: 'The fleet is stopped until liftlock fleet resume.' },
  Granted: { kind: 'told', meaning: 'The execution has its grant.' },
  GrantBusy: { kind: 'passing', meaning: 'Another upgrade holds the grant of the cluster.' },
  Held: { kind: 'lasting', meaning: 'The cluster is held until liftlock retry or liftlock release.' },
  NameTooLong: { kind: 'lasting', meaning: 'The name of an execution leaves no room for the names nested in it.' },
  NoEpoch: { kind: 'lasting', meaning: 'The table is not set up, or is being restored.' },
  NotAMember: { kind: 'lasting', meaning: 'The cluster is in no wave of the rollout that asks for it.' },
  PolicyNotConfigured: {
    kind: 'lasting',
    meaning: 'The policy that it goes by is not applied, or this version cannot read it.',
  },
  ObserveMode: { kind: 'lasting', meaning: 'The Fleet has mode observe, so Liftlock only looks.' },
  OtherTarget: {
    kind: 'closing',
    meaning:
      'The execution asks for another version than the upgrade that its grant is of: somebody started it by hand.',
  },
  OutcomeUnknown: {
    kind: 'timed',
    meaning: 'The answer of a call is not known; it is looked up after its grace period.',
  },
  RolloutGone: { kind: 'lasting', meaning: 'The rollout of the upgrade does not exist.' },
  StaleCommit: { kind: 'passing', meaning: 'A commit took too long, so its call was not sent; the step tries again.' },
  Superseded: {
    kind: 'closing',
    meaning: 'The execution does not hold the grant of its cluster, or its upgrade has ended.',
  },
  UnknownCluster: { kind: 'lasting', meaning: 'The cluster is not in the inventory, or EKS does not know it.' },
  UnknownContract: {
    kind: 'passing',
    meaning: 'The execution was started by another version; the reconciler grants anew with its own contract.',
  },
  UpgradeUnderWay: {
    kind: 'passing',
    meaning:
      'The hop before this one is half done (it bakes, is parked, or was left so), and this one begins when it has ended; or this very one is under way.',
  },
} as const satisfies ReasonFamily;
