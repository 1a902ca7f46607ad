import { CHECK_REASONS } from './reasons/check-reasons.ts';
import { closing, lasting, passing, type ReasonKind, timed, told, type WaitedFor } from './reasons/reason-facts.ts';
import { ROLLBACK_REASONS } from './reasons/rollback-reasons.ts';

/** What is in the way of a grant or a commit, apart from the reasons of the cluster itself and its wave. */
const GRANT_REASONS = {
  CapReached: passing('A cap has no room; another upgrade under it ends.', 'cap'),
  Contention: passing('Others write to the same items; the step tries again.'),
  FailedMeanwhile: passing('More clusters failed since this was decided; it is decided anew.'),
  Draining: passing('Nodes are being drained by Liftlock itself.'),
  DrainCanceled: told('Somebody has canceled the drain; what it had cordoned is taken back.'),
  DrainNotAllowed: lasting('The policy has no drain, so that Liftlock evicts no pods.'),
  FleetNotConfigured: lasting('No Fleet is applied, or none that this version can read.'),
  FleetStopped: passing('The fleet is stopped until liftlock fleet resume.'),
  Granted: told('The execution has its grant.'),
  GrantBusy: passing('Another upgrade holds the grant of the cluster.'),
  Held: lasting('The cluster is held until liftlock retry or liftlock release.'),
  NameTooLong: lasting('The name of an execution leaves no room for the names nested in it.'),
  NoEpoch: lasting('The table is not set up, or is being restored.'),
  NotAMember: lasting('The cluster is in no wave of the rollout that asks for it.'),
  PolicyNotConfigured: lasting('The policy that it goes by is not applied, or this version cannot read it.'),
  NoNodegroup: lasting('A drain was started by hand without the name of its node group.'),
  ObserveMode: lasting('The Fleet has mode observe, so Liftlock only looks.'),
  OtherTarget: closing(
    'The execution asks for another version than the upgrade that its grant is of: somebody started it by hand.',
  ),
  OutcomeUnknown: timed('The answer of a call is not known; it is looked up after its grace period.'),
  RolloutGone: lasting('The rollout of the upgrade does not exist.'),
  StaleCommit: passing('A commit took too long, so its call was not sent; the step tries again.'),
  Superseded: closing('The execution does not hold the grant of its cluster, or its upgrade has ended.'),
  TakenBack: told(
    'What an upgrade had left is taken back: cordons, update settings of a node group, or silences of alarms.',
  ),
  TakingBack: passing(
    'Cordons, update settings of node groups or silences of alarms that an upgrade had left are being taken back.',
  ),
  UnknownCluster: lasting('The cluster is not in the inventory, or EKS does not know it.'),
  UnknownContract: passing(
    'The execution was started by another version; the reconciler grants anew with its own contract.',
  ),
  UpgradeUnderWay: passing(
    'The hop before this one is half done (it bakes, is parked, or was left so), and this one begins when it has ended; or this very one is under way.',
  ),
};

/** Reasons of a cluster, its tags, its policy and its target: whether it is touched at all, and how far it goes. */
const CLUSTER_REASONS = {
  AddonsBehind: told(
    'Its control plane is at its target or past it, and EKS does not list the version of an add-on for it, or its policy wants a newer one (`patch`).',
  ),
  AlreadyThere: lasting('The cluster has the version that somebody asks for; nothing is left to do.'),
  AmbiguousPolicy: lasting('Several policies select the cluster; it is left alone until one does.'),
  AtTarget: told('It is at its target already.'),
  BadTag: closing('A tag cannot be read, or names a wave or Calendar that is not there.'),
  BeyondTarget: closing('The cluster is newer than its target; Liftlock never goes down.'),
  ClusterStatus: lasting('The cluster is FAILED or DELETING, so EKS takes no update in it.'),
  Creating: passing('The cluster is being created; it is set aside until it is there.'),
  Deleting: passing('The cluster is being deleted; it is set aside until it is gone.'),
  Downgrade: lasting('The version asked for is older than that of the cluster.'),
  Excluded: closing('The tag paused keeps Liftlock away from the cluster.'),
  FinishOnly: lasting(
    'The upgrade brings node groups and add-ons to the version of the control plane, and moves none.',
  ),
  Gone: closing('The cluster was deleted, also where another one has its name.'),
  HalfDone: lasting('A hop has moved the control plane and failed; a person has to finish it.'),
  ImagesBehind: told(
    'It is at its target, and its policy wants the image of a node group replaced by a newer release.',
  ),
  PatchesOverdue: told('Newer images or add-ons are there for longer than its policy allows (`patch.within`).'),
  PatchesUnknown: told(
    'Where its nodes and add-ons are, or which newer ones its policy wants (`patch`), could not be read, or nobody has yet.',
  ),
  NewerUnknown: told(
    'EKS offers a version that this release of Liftlock does not know, and the target would be a newer one with it; update Liftlock.',
  ),
  InvalidTarget: lasting('The target of the policy is not one.'),
  ManualNodes: told('Its control plane is at its target or past it, and nodes are behind that Liftlock cannot roll.'),
  NodesBehind: told('Its control plane is at its target or past it, and a managed node group is behind.'),
  NotInFleet: closing('The Fleet does not name the account and the Region of the cluster.'),
  NoPolicy: lasting('No policy selects the cluster.'),
  NoWave: lasting('No wave of the policy selects the cluster, or the wave is not in the policy any more.'),
  NotCovered: lasting('The target is newer than the data of this release; update Liftlock.'),
  NotOffered: lasting('EKS does not offer the target in the Region, or what it offers is not known yet.'),
  NotOneHop: lasting('The version asked for is more than one minor away.'),
  NotTheControlPlanesVersion: lasting(
    'Node groups and add-ons go to the version of the control plane, and another one is asked for.',
  ),
  Pinned: closing('The tag pin-version keeps the cluster at an older version.'),
  Policy: told('Which policy selects the cluster, and by what.'),
  PolicyError: lasting('An expression has no answer for the cluster, which is never a match.'),
  RecentlyCreated: timed('The cluster is younger than six hours; it is set aside until it is not.'),
  SuspiciousTrait: lasting(
    'The cluster shares what all clusters that failed have in common, until one that has it succeeds or liftlock rollout release-trait.',
  ),
  UnknownChannel: lasting('The policy names a Channel that is not applied, or that this version cannot read.'),
  Unreachable: lasting('Liftlock may not read the cluster; it is set aside until it can.'),
  Unsupported: closing('The cluster is of a kind that Liftlock does not touch.'),
};

/** Reasons of calendars and approvals: when something may begin, and whether people agree. */
const CALENDAR_REASONS = {
  ApprovalExpired: lasting('Approvals of the wave have expired; it needs others (liftlock approve).'),
  ApprovalMissing: lasting('The wave has too few approvals of the plan that it has now (liftlock approve).'),
  ApprovalRejected: lasting('A person rejected the plan of the wave and has not taken that back.'),
  FindingNotApproved: lasting(
    'The scan before the hop found what was not known when the wave was approved (liftlock approve, then liftlock retry).',
  ),
  Approved: told('A person approved the plan of the wave.'),
  AutoApproved: told('autoApproveWhen is true, so Liftlock approved the wave.'),
  CalendarInvalid: lasting('A Calendar cannot be read, so it is closed.'),
  CalendarOpen: told('All calendars are open.'),
  CalendarsTogether: told('When several calendars are open at once.'),
  CalendarTag: told('The tag calendar of the cluster adds Calendars.'),
  FourEyes: lasting('Who applied the policy or Channel, or created the rollout, may not approve.'),
  Frozen: timed('A freeze of a calendar goes on.', 'window'),
  NoCalendar: lasting('The wave names a Calendar that is not applied, so nothing may start.'),
  NotAnApprover: lasting('A person is not among those who may approve.'),
  NotAutoApproved: lasting('autoApproveWhen is false, so the wave waits for a person.'),
  Rejected: told('A person rejected the plan of the wave.'),
  Withdrawn: told('A person who may not approve the wave took a rejection of theirs back.'),
  RanPastWindow: told('What EKS worked on ended after the window had closed.'),
  ForcedUpgrade: told('A plan begins only when EKS may have moved the control plane by force.'),
  RunsPastWindow: told('A plan takes an upgrade to go on after the window has closed.'),
  WaveCalendar: told('The Calendars of the wave.'),
  WindowClosed: timed('No window of a calendar is open.', 'window'),
  WindowClosing: timed('The window closes in a moment, so nothing is committed.', 'window'),
  WindowTooShort: timed(
    'The hop does not fit into what is left of the window, or into the next ones; where it fits into none, a person lengthens them or writes mayOverrun.',
    'window',
  ),
};

/** Reasons of rollouts, waves and their members: whose turn it is, and how they end. */
const ROLLOUT_REASONS = {
  Aborted: told('A person aborted the rollout.'),
  AllWavesEnded: told('Every wave has ended, so the rollout has.'),
  BudgetInFlight: passing('As many are in flight as may still fail (countInFlight).', 'place'),
  CanaryFirst: passing('The canaries of the wave go first, one after the other.', 'place'),
  ClustersJoined: told('Clusters joined a rollout that was planned anew.'),
  ClustersLeft: told('Clusters left a rollout that was planned anew.'),
  ClustersKeptOut: told('Clusters are kept out of a rollout that was planned anew.'),
  ClustersLetIn: told('Clusters that were kept out are part of a rollout again that was planned anew.'),
  ClustersMoved: told('Clusters moved to another wave of a rollout that was planned anew.'),
  EarlierWave: passing('A wave before it has not passed.', 'turn'),
  EarlierWaveHalted: lasting('A wave before it is halted until liftlock retry or rollout resume.'),
  FailureBudgetExceeded: lasting('More failed than may, so the wave is halted.'),
  GateRed: passing('A gate of the wave is red; its soak starts again, or the next wave begins, when all are green.'),
  GatesUnknown: passing('The gates of the wave have not been read in the last five minutes.'),
  GateUnknown: passing(
    'A gate of the wave cannot be judged; its soak starts again, or the next wave begins, when all are green.',
  ),
  LaterWave: told(
    'The wave that matches the cluster had begun before it joined, so it goes with the next one that had not.',
  ),
  LowerTarget: closing('The policy goes to an older version by now than the rollout that was to upgrade the cluster.'),
  MemberBlocked: lasting('The member ended Blocked; there is one try until liftlock retry.'),
  MemberExcluded: lasting('The member was left out before it was granted.'),
  MemberFailed: lasting('The member ended Failed; there is one try until liftlock retry.'),
  MemberRunning: passing('The member runs already.'),
  MemberSucceeded: lasting('The member has succeeded already.'),
  NeverStarts: lasting(
    'No opening of its calendars within three years takes it: its wave waits for the cluster, or leaves it behind (cannotStart); what a person has started waits for a person.',
  ),
  NextHop: passing('One hop has ended, and the next one follows.'),
  NoneJudged: lasting('No upgrade was tried to its end, so the wave waits for rollout promote.'),
  NoneSucceeded: lasting('Some were tried and none succeeded, so the wave is halted.'),
  NothingToDo: told('No cluster of the wave needs work.'),
  NotReady: passing(
    'The wave opens once each of its clusters is ready by a young look (requireReady), and these are not.',
  ),
  NotItsTurn: passing('The rollout or the wave lets nobody begin now.'),
  Paused: told('A person paused the rollout.'),
  PlannedIncomplete: told(
    'A person had the rollout planned before the inventory was complete; clusters found later may go in later waves.',
  ),
  PlanRefreshed: told('Positions, or what is known of the clusters, changed the plan.'),
  PolicyChanged: told('The policy has changed, and the rollout or the wave follows it.'),
  Promoted: told('A person skipped the soak of the wave, or let it pass although it was undecided.'),
  ResumesLater: timed('The upgrade is parked until Liftlock looks again.'),
  Resumed: told('A person resumed the rollout.'),
  RolloutAborted: closing('The rollout was aborted; nothing of it begins or goes on.'),
  RolloutCompleted: lasting('The rollout has ended.'),
  RolloutCompletedWithFailures: lasting('The rollout has ended, and some failed.'),
  RolloutHalted: lasting('A wave is halted and nothing of it runs any more, until rollout resume.'),
  RolloutPaused: passing('The rollout is paused until liftlock rollout resume.'),
  RolloutPlanned: lasting('The rollout has not begun.'),
  Settled: told('Every cluster of the wave has settled.'),
  Skipped: closing('A person took the cluster out of this rollout (liftlock skip).'),
  Soaking: timed('The wave is watched before the next one begins.', 'turn'),
  TargetChanged: told('The target of a rollout that was planned anew is another one.'),
  TooFewJudged: lasting('Fewer were judged than minJudged asks for, so the wave waits for rollout promote.'),
  TraitsCarried: told('What is suspected since clusters were taken back in earlier rollouts has changed.'),
  TraitReleased: told('A person cleared a trait of suspicion.'),
  Unsettled: passing('The waves of the rollout have passed, and clusters of them are set aside or on their way.'),
  Wave: told('Which wave takes the cluster, and by what.'),
  WaveFull: passing('As many clusters of the wave are in flight as may be.', 'place'),
  WaveHalted: lasting('The wave is halted until liftlock retry or rollout resume.'),
  WaveReopened: told(
    'A retry has opened a wave again: one that was halted, and its rollout goes on for its other clusters, too; or one that had passed, and later ones wait.',
  ),
  WavePending: passing('The wave has not opened.', 'turn'),
  WaveSkipped: lasting('The wave was skipped, since none of its clusters needed work.'),
  WaveTag: told('The tag wave of the cluster moves it to a later wave.'),
};

/** Reasons of the steps of an upgrade: what they wait for, what they did, and how they failed. */
const STEP_REASONS = {
  AddonFits: told('The add-on stays at its version.'),
  AddonIncompatible: lasting('No version of the add-on fits; update or remove it by hand.'),
  AddonNotMoved: told('EKS did not take the add-on to a newer version; the one that it has fits.'),
  AddonStatus: lasting('The add-on is not ACTIVE and does not become so by itself.'),
  AddonUnknown: lasting('EKS lists no versions of the add-on; update or remove it by hand.'),
  Baking: timed('The cluster runs with its nodes behind until the bake is over.'),
  Watching: timed(
    'All of the cluster has moved and is no worse than before; it is compared with before once more when its watch is over.',
  ),
  CustomAmi: told('The node group runs an AMI of your own, and no policy names another.'),
  CustomImage: lasting(
    'The AMI that the policy names for a node group cannot be used, or its launch template may not be changed.',
  ),
  AwsFailed: timed(
    'AWS has failed to answer, or a function of Liftlock has run out of time or memory, for as long as a step is tried at once; it looks again after ten minutes.',
  ),
  Denied: lasting('AWS denied a call; what was begun looks again, what was not is blocked.'),
  EvictionRetried: timed(
    'EKS ended the roll of a node group since pods were not evicted; it is looked at again when the pause of the policy is over.',
  ),
  ExecutionMissing: lasting('The execution of the upgrade does not exist any more.'),
  Failed: lasting('A plan by chance takes the upgrade to fail.'),
  ForeignUpdate: passing('Somebody else changes what the step is about; after seven days the upgrade is blocked.'),
  Listed: told('The node groups were listed.'),
  MoreReasons: told('There are more reasons than are kept.'),
  NodesDown: passing(
    'As many nodes of the cluster are down as may be, whoever took them; the node group is rolled when they are back.',
  ),
  NodesPause: timed('The pause between two node groups is not over.'),
  NodegroupStatus: lasting('The node group has a status in which EKS takes no update.'),
  NodesLater: told('The nodes stay behind, since the next hop allows it (whenSkewRequires).'),
  NoOutcome: lasting('The execution ended without an outcome that can be read.'),
  NoSuchNodegroup: lasting('The cluster has no node group of that name, or none any more.'),
  NotActive: passing('A cluster, node group or add-on is not ACTIVE yet.'),
  NotStarted: lasting('The node group was not started, because one before it failed.'),
  NotVisibleYet: passing('It was done, and AWS does not show it everywhere yet.'),
  ReadingUpdates: passing('EKS is asked about updates that it lists, some at each look.'),
  RefreshDenied: told('The refresh of the insights was denied; only what is younger than a day counts.'),
  RefreshFailed: told('EKS could not refresh its insights; only what is younger than a day counts.'),
  RefreshingInsights: passing('EKS refreshes its insights.'),
  RefreshTooSlow: told('EKS did not refresh its insights in time; only what is younger than a day counts.'),
  Rolled: told('Every node of the node group was replaced.'),
  Scanning: passing('The scan of the cluster goes on.'),
  SilencedAlarmRings: told(
    'An alarm that the step had silenced is in ALARM now that its silence is lifted; CloudWatch takes its actions itself.',
  ),
  Silencing: passing('Alarms of the policy are silenced before the step changes anything; it looks anew at once.'),
  Silenced: told('Alarms of the policy took no actions while the step changed the cluster; until when.'),
  NotSilenced: told('Alarms that the policy silences during the step rang as ever, and why; the step went on.'),
  RolledByForce: told('A node group was rolled by force, as its policy says: pods that no budget let go were deleted.'),
  PodsStayed: told('EKS gave a roll up because pods were not evicted; it says what names their budgets.'),
  Waived: told('Findings are waived, and are there still.'),
  NotTakenBack: passing('What an upgrade has left on its cluster could not be taken back yet; it is tried again.'),
  NotLifted: passing('The silence of alarms could not be lifted; it is tried again, and ends by itself.'),
  Stopped: lasting('The upgrade ended without a reason.'),
  StoppedFromOutside: lasting('The execution ended without concluding: it was stopped or timed out.'),
  Throttled: passing('AWS throttles the calls of the account.'),
  UpdateConfig: told('The node group was rolled with the update settings of the policy; what became of its own.'),
  UpdateFailed: lasting('An update of EKS ended without success, and EKS names no error.'),
  UpdateInProgress: passing('EKS works on the update.'),
  Upgraded: told('The control plane is at its version.'),
};

/** What is in the way of a drain that Liftlock makes itself. */
const DRAIN_REASONS = {
  DrainAwaitsCompletion: passing('A rule of the policy waits until the pod has completed.'),
  DrainBudget: passing('A disruption budget does not let the pod go now; it is asked again.'),
  DrainComesBack: lasting('Pods that tolerate the cordon have come back to the node too often to be evicted again.'),
  DrainHeldByPolicy: lasting('The policy evicts no pods without a controller, or none with emptyDir volumes.'),
  DrainNoRoom: passing('As many nodes of the cluster are down, or pods in the way, as may be, whoever took them.'),
  DrainPause: timed('The pause between two nodes is not over.'),
  DrainPodsPending: passing('Pods that were made since the drain began have no node, so that nothing else goes.'),
  DrainRefused: lasting('The API server refuses the eviction of the pod, though no budget does; it is asked again.'),
  DrainSeveralBudgets: lasting('Several disruption budgets select the pod, so that its eviction is always refused.'),
  DrainTerminating: passing('The pod terminates, or its eviction is being taken.'),
  DrainTerminatingStuck: lasting('The pod terminates for too long: a finalizer, or a kubelet that does not answer.'),
  DrainUncordoned: lasting('Somebody has taken off the cordon of Liftlock, and the node is left to them.'),
  Drained: told('The nodes hold nothing any more that has to go.'),
  DrainParked: told('A drain that waits holds nodes cordoned until it goes on, or somebody cancels it.'),
};

/** Reasons of a policy's hooks (docs/hooks.md). */
const HOOK_REASONS = {
  HookPassed: told('A hook has said go, or was only to be told; what it was asked about is looked at anew.'),
  HookRefused: lasting(
    'A hook has said stop, so the step ends, or the rollout halts; a retry, or to resume it, asks anew.',
  ),
  HookTimedOut: lasting(
    'A hook has not said go in its time, so the step ends, or the rollout halts; a retry, or to resume it, asks anew.',
  ),
  HookWaits: timed('A hook is asked until it says go or stop, or until its timeout is over.'),
};

/** Reasons of a policy's components (docs/components.md). */
const COMPONENT_REASONS = {
  ComponentFits: told('A component runs a version that fits, or is not in the cluster, so that its hook is not asked.'),
  ComponentMoves: timed(
    'A hook says that it has moved a component; until its time is over it is looked whether it has.',
  ),
  ComponentNotMoved: lasting('A hook says that it has moved a component, and in its time no version that fits runs.'),
  ComponentUnknown: timed('What runs of a component could not be read; it is looked at anew.'),
  ComponentVersion: lasting('A component runs no version for the target, or nothing says what is right for it.'),
};

/** Reasons that only answers to people have: explain, describe, plans of one upgrade, access checks, reports of a local run. */
const ANSWER_REASONS = {
  Automatic: passing('The policy begins a rollout by itself within the hour.'),
  BeyondPolicy: told('The upgrade goes beyond what the policy of the cluster asks for.'),
  InRollout: told('The cluster is a member of a rollout.'),
  InventoryIncomplete: passing(
    'An account and Region was not looked at, or not all clusters that it lists are recorded; discovery goes on.',
  ),
  ManagedElsewhere: told('Another tool manages the cluster and may move its version back.'),
  ManualTrigger: lasting('The policy has trigger manual, and no rollout of it is under way.'),
  MovedByOthers: told('The control plane moved without Liftlock.'),
  Next: passing('The cluster is next in its rollout.'),
  NodegroupIssue: told('EKS reports an issue on a node group.'),
  NotChecked: told('Nobody has looked whether Liftlock may read it.'),
  NotDiscovered: lasting('The account of the cluster could not be listed in its Region.'),
  OneHopAtATime: told('An upgrade moves one minor; the others are asked for afterwards.'),
  RolloutBusy: passing(
    'A rollout of the policy was planned without the cluster, or goes on without it; another one takes it.',
  ),
  Running: passing('The upgrade of the cluster runs.'),
  TakenOut: lasting('A rollout is through with the cluster; only one that a person creates takes it up.'),
  Unreadable: told('A part of the cluster could not be read; what was known of it stays.'),
  VersionUnsupported: lasting('EKS does not support the version to go back to any more.'),
};

/** The families by subject, as the documents list them. */
export const REASON_FAMILIES = {
  'Grants and commits': GRANT_REASONS,
  'Clusters, policies and targets': CLUSTER_REASONS,
  'Calendars and approvals': CALENDAR_REASONS,
  'Rollouts, waves and members': ROLLOUT_REASONS,
  Steps: STEP_REASONS,
  Drains: DRAIN_REASONS,
  Hooks: HOOK_REASONS,
  Components: COMPONENT_REASONS,
  Rollbacks: ROLLBACK_REASONS,
  'Scan and smoke check': CHECK_REASONS,
  'Answers and reports': ANSWER_REASONS,
} as const;

/** All codes of Liftlock. Codes are API: one that has been released keeps its meaning, and is never reused. */
export const REASONS = {
  ...GRANT_REASONS,
  ...CLUSTER_REASONS,
  ...CALENDAR_REASONS,
  ...ROLLOUT_REASONS,
  ...STEP_REASONS,
  ...DRAIN_REASONS,
  ...HOOK_REASONS,
  ...COMPONENT_REASONS,
  ...ROLLBACK_REASONS,
  ...CHECK_REASONS,
  ...ANSWER_REASONS,
} as const;
export type ReasonCode = keyof typeof REASONS;

declare const unknown: unique symbol;
/**
 * A code that is not in the table: an error name of AWS, or a code of another release. It is a text like any other. To the compiler it is a literal
 * that nobody writes, so that comparing a code with a text that is no code of Liftlock does not compile.
 */
type UnknownCode = 'a word that is not in the table' & { readonly [unknown]: true };

/** The code of any reason, also of stored ones and of those that quote others. */
export type AnyCode = ReasonCode | UnknownCode;

/** Keeps the text unchanged, whether this version knows it or not. */
export const readCode = (text: string): AnyCode => text as AnyCode;

export const isKnown = (code: string): code is ReasonCode => Object.hasOwn(REASONS, code);

/** A code that this version does not know counts as lasting, so that nothing begins or goes on by itself after an unknown code. */
export const kindOf = (code: AnyCode): ReasonKind => (isKnown(code) ? REASONS[code].kind : 'lasting');

/** Undefined where a cluster waits for nothing that others wait for too, or where that is unknown. */
export const waitsFor = (code: AnyCode): WaitedFor | undefined => (isKnown(code) ? REASONS[code].waitsFor : undefined);
