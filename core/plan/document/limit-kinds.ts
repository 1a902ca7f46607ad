/** What can make a plan infeasible: the words of `limitedBy.kind`. Approvals are taken as given, so they never do. */
export const LIMIT_KINDS = {
  blockers: 'What stops clusters on their way, by what the inventory and the last scans say of them.',
  cap: 'A cap of the Fleet or of the policy.',
  concurrency: 'How many clusters of a wave may run at once.',
  failureBudget: 'How many may fail, where those in flight count too.',
  canaries: 'Clusters that go first, one after the other.',
  soak: 'How long a wave is watched before the next one.',
  bake: 'How long a cluster runs with its nodes behind.',
  watch: 'How long a cluster is watched after all of it has moved.',
  window: 'The windows of a calendar.',
  freeze: 'A freeze of a calendar.',
  duration: 'How long one hop is taken to last.',
  support: 'The support of a cluster is over already: nothing is in time for it.',
  several: 'No single constraint: lifting any one of them is not enough.',
} as const;
export type LimitKind = keyof typeof LIMIT_KINDS;
