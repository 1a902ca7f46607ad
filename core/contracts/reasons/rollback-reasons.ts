import { closing, lasting, passing, told } from './reason-facts.ts';

/** Reasons of a cluster's way back, and of rollbacks. */
export const ROLLBACK_REASONS = {
  GotWorse: told('The cluster is worse than before its hop, and its policy has it taken back.'),
  RollbackBudget: lasting('As many clusters of the rollout as may have gone back by themselves.'),
  GoesBack: passing(
    'A cluster of this wave, or of one before it, is being taken back, or its rollback has failed half-way.',
  ),
  RollbackTurn: passing('Another cluster of the wave is on its way back, and this one follows.'),
  AddonsFirst: told('To go back, the add-on kube-proxy goes first.'),
  HopReversible: told('EKS takes the hop back for seven days after it has ended.'),
  NeedsExtendedLater: told('From some day on the cluster needs the support type EXTENDED to go back.'),
  ExtendsSupport: told(
    'To go back, the support type of the cluster is set to EXTENDED, which costs more from then on.',
  ),
  NeedsExtendedSupport: lasting('To go back, the cluster needs the support type EXTENDED.'),
  NodesFirst: lasting('To go back, nodes that Liftlock does not take back have to go first.'),
  NodesGoBack: told('Before the control plane goes back, a rollback takes back node groups that have followed it.'),
  NotObserved: lasting(
    'Liftlock did not see when the control plane reached its version: a rollback asks EKS, and is blocked where that has nothing on file either.',
  ),
  NotOneMinorBack: lasting('A rollback leads one minor back, and another version was asked for.'),
  OtherDirection: closing('A rollback would have gone up, or something else down: its call is not sent.'),
  RollbackGivenUp: lasting('Somebody has released the cluster while its rollback waited.'),
  RollbackInsight: lasting('EKS finds something for which it takes the control plane not back.'),
  RolledBack: lasting('The control plane was taken back to the minor before; nothing takes it up again by itself.'),
  RollingBack: passing('The cluster is being taken back to the minor before, and nothing else begins there meanwhile.'),
  TakenBackOnce: lasting('The control plane was taken back already, which EKS does once.'),
  TooLate: lasting('EKS rolls a control plane back within seven days, and they are over.'),
  WayBackIsShort: told('EKS ends its support of the version to go back to within seven days.'),
};
