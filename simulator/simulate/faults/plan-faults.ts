import { UPGRADING_FUNCTIONS } from '../../../core/contracts/names.ts';
import {
  Clusters,
  Grants,
  Intents,
  Ledgers,
  Members,
  Rollouts,
  Upgrades,
  Waves,
} from '../../../core/store/entities.ts';
import { KubeVersion } from '../../../core/version/kube-version.ts';
import type { FakeEksState } from '../../eks/state/fake-eks-state.ts';
import { hasBadMinor } from '../fleet/bad-minor.ts';
import { SeededChoices } from '../fleet/seeded-choices.ts';
import { CHANGE_CONTROL, OFFICE } from '../fleet/synthetic-calendars.ts';
import { clustersByName, STAGES } from '../fleet/synthetic-clusters.ts';
import { FLEET_GATE, gateOf } from '../fleet/synthetic-waves.ts';
import { HUB_OPERATIONS, TRANSACTION_ANSWERS } from './hub-operations.ts';
import { planEffect } from './plan-effect.ts';
import {
  CALENDAR_CHANGES,
  type FaultLevel,
  PEOPLE_DO,
  type PlannedFault,
  POLICY_CHANGES,
  TAGS,
} from './planned-fault.ts';

/** The timed faults occur within these virtual minutes, about the length of a rollout without faults. */
const SPAN = 420;

type Plan = (choices: SeededChoices, state: FakeEksState) => PlannedFault;

/** The frequency of each kind, in shares. */
const KINDS: readonly (readonly [share: number, plan: Plan])[] = [
  [30, planEffect],
  // Others may fail between a decision and its grant.
  [
    6,
    (choices) => ({
      kind: 'effect',
      when: choices.pick(['before', 'after']),
      operation: 'grant',
      function: 'reconcile-rollouts',
      skip: choices.integer(0, 6),
      times: choices.integer(1, 3),
      effect: { kind: 'hang', seconds: choices.pick([45, 300]) },
    }),
  ],
  // Where a scan takes long, much may happen to others between a grant and the first change.
  [8, (choices) => ({ kind: 'slow-insights', seconds: choices.integer(300, 1_500) })],
  [
    10,
    (choices) => ({
      kind: 'call',
      ...(choices.chance(0.5) ? { operation: choices.pick(CALLS) } : {}),
      skip: choices.integer(0, 400),
      times: choices.integer(1, 6),
      effect: choices.pick(['throttled', 'server-error', 'answer-lost', 'delayed']),
    }),
  ],
  [
    6,
    (choices) => ({
      kind: 'call',
      operation: choices.pick(MUTATIONS),
      skip: choices.integer(0, 12),
      times: choices.integer(1, 2),
      effect: choices.pick(['answer-lost', 'answered-in-use', 'answered-invalid']),
    }),
  ],
  [2, (choices) => ({ kind: 'list-lag', seconds: choices.integer(1, 110) })],
  [12, (choices, state) => ({ kind: 'update-fails', ...subject(choices, state) })],
  [3, (choices, state) => ({ kind: 'update-hangs', ...subject(choices, state), hours: choices.integer(2, 9) })],
  [5, (choices, state) => ({ kind: 'foreign-update', ...timed(choices), ...subject(choices, state) })],
  [
    2,
    (choices, state) => ({
      kind: 'deleted',
      ...timed(choices),
      cluster: choices.pick(clustersByName(state)).name,
      recreated: choices.chance(0.5),
    }),
  ],
  [
    2,
    (choices, state) => ({
      kind: 'denied',
      ...timed(choices),
      account: choices.pick(clustersByName(state)).account,
      minutes: choices.integer(5, 90),
    }),
  ],
  [
    2,
    (choices, state) => ({
      kind: 'excluded',
      ...timed(choices),
      cluster: choices.pick(clustersByName(state)).name,
      minutes: choices.integer(5, 90),
    }),
  ],
  [
    5,
    (choices, state) => ({
      kind: 'blocked',
      ...timed(choices),
      cluster: choices.pick(clustersByName(state)).name,
      minutes: choices.integer(5, 240),
      by: choices.pick(['budget', 'insights']),
    }),
  ],
  [
    9,
    (choices) => ({
      kind: 'person',
      ...timed(choices),
      does: choices.pick(OFTEN),
      minutes: choices.integer(2, 60),
    }),
  ],
  // An abort cannot be undone and ends most of the run, so it is rare.
  [0.1, (choices) => ({ kind: 'person', ...timed(choices), does: 'abort', minutes: 0 })],
  [
    4,
    (choices) => ({
      kind: 'config',
      ...timed(choices),
      ...(choices.chance(0.5) ? { total: choices.integer(1, 20) } : {}),
      ...(choices.chance(0.5) ? { maxConcurrency: choices.integer(1, 8) } : {}),
      ...(choices.chance(0.3) ? { maxFailures: choices.integer(0, 4) } : {}),
      ...(choices.chance(0.2) ? { observeMinutes: choices.integer(2, 60) } : {}),
    }),
  ],
  [
    4,
    (choices) => ({
      kind: 'gate',
      ...timed(choices),
      minutes: choices.integer(1, 90),
      gate: choices.chance(0.3) ? FLEET_GATE : gateOf(choices.pick(STAGES)),
      status: choices.pick(['red', 'unknown']),
    }),
  ],
  [
    3,
    (choices) => ({
      kind: 'calendar',
      ...timed(choices),
      calendar: choices.pick([OFFICE, CHANGE_CONTROL]),
      change: choices.pick(CALENDAR_CHANGES),
      minutes: choices.integer(5, 300),
    }),
  ],
  [
    4,
    (choices) => {
      const change = choices.pick(POLICY_CHANGES);
      if (choices.chance(0.5)) {
        const operation = choices.pick(['grant', 'commit'] as const);
        return { kind: 'policy-meanwhile', operation, skip: choices.integer(0, 12), change };
      }
      const [policy, wave] = [choices.pick(['open', 'private']), choices.pick(['canary', ...STAGES])];
      return { kind: 'policy', ...timed(choices), policy, change, wave };
    },
  ],
  [0.3, (choices) => ({ kind: 'approvals', wave: choices.pick(STAGES), answer: choices.pick(['rejected', 'never']) })],
  [2, (choices) => ({ kind: 'newer-config', ...timed(choices), minutes: choices.integer(2, 60) })],
  [
    2,
    (choices) => ({
      kind: 'newer-config',
      ...timed(choices),
      minutes: choices.integer(2, 60),
      policy: choices.pick(['open', 'private']),
    }),
  ],
  [2, (choices) => ({ kind: 'deployment', ...timed(choices) })],
  [
    1,
    (choices) => {
      const once = { kind: 'restored', minute: choices.integer(60, SPAN), back: choices.integer(5, 55) } as const;
      if (choices.chance(0.5)) return once;
      const again = () => ({ after: choices.integer(1, 60), back: choices.integer(1, 90) });
      return { ...once, again: choices.chance(0.3) ? [again(), again()] : [again()] };
    },
  ],
  // Two functions then differ by a minute at most, which docs/protocol.md allows for.
  [3, (choices) => ({ kind: 'clock', function: choices.pick(SKEWED), seconds: choices.integer(-30, 30) })],
  [
    5,
    (choices) => ({
      kind: 'events',
      ...timed(choices),
      minutes: choices.integer(5, 240),
      fate: choices.pick(['lost', 'late', 'twice']),
    }),
  ],
  [4, planTag],
  [
    2,
    (choices, state) => ({
      kind: 'node-group-deleted',
      cluster: choices.pick(clustersByName(state)).name,
      minutes: choices.integer(0, 12),
      recreated: choices.chance(0.5),
    }),
  ],
  [
    4,
    (choices) => ({
      kind: 'hub-denied',
      ...timed(choices),
      minutes: choices.integer(1, 30),
      operation: choices.pick(HUB_OPERATIONS),
      ...(choices.chance(0.5) ? { function: choices.pick(HUB_FUNCTIONS) } : {}),
    }),
  ],
  [
    4,
    (choices) => ({
      kind: 'transactions',
      ...timed(choices),
      minutes: choices.integer(1, 15),
      answer: choices.pick(TRANSACTION_ANSWERS),
      ...(choices.chance(0.5) ? { function: choices.pick(HUB_FUNCTIONS) } : {}),
      ...(choices.chance(0.5) ? { entity: choices.pick(ENTITIES) } : {}),
    }),
  ],
  [1, (choices) => ({ kind: 'history-limit', ...timed(choices), nested: choices.chance(0.5) })],
  [3, (choices) => ({ kind: 'stale-index', ...timed(choices), minutes: choices.integer(1, 30), seconds: 90 })],
];

/** Frequent actions are in this list more often. */
const OFTEN = [
  ...PEOPLE_DO.filter((does) => does !== 'abort' && does !== 'roll-back' && does !== 'revert'),
  'retry',
  'accept-failures',
] as const;
const MUTATIONS = ['UpdateClusterVersion', 'UpdateNodegroupVersion', 'UpdateAddon'];
const CALLS = ['DescribeCluster', 'DescribeUpdate', 'UpdateClusterVersion', 'UpdateNodegroupVersion', 'UpdateAddon'];
const SKEWED = [...UPGRADING_FUNCTIONS, 'reconcile-rollouts', 'conclude-upgrade', 'request-grant'] as const;

const HUB_FUNCTIONS = [...SKEWED, 'record-clusters', 'discover-clusters', 'list-node-groups', 'scan-cluster'] as const;
const ENTITIES = [Clusters, Grants, Intents, Ledgers, Members, Rollouts, Upgrades, Waves].map(({ kind }) => kind);

/** The possible values of each tag, with unreadable ones and unknown names. */
const TAG_VALUES: Readonly<Record<(typeof TAGS)[number], readonly string[]>> = {
  paused: ['true', 'false', 'soon'],
  'pin-version': ['1.35', '1.36', '1.37', 'latest'],
  wave: [...STAGES, 'canary', 'no-such-wave'],
  calendar: [OFFICE, CHANGE_CONTROL, `${OFFICE} ${CHANGE_CONTROL}`, 'no-such-calendar'],
};

function planTag(choices: SeededChoices, state: FakeEksState): PlannedFault {
  const tag = choices.pick(TAGS);
  return {
    kind: 'tag',
    ...timed(choices),
    minutes: choices.integer(5, 90),
    cluster: choices.pick(clustersByName(state)).name,
    tag,
    value: choices.pick(TAG_VALUES[tag]),
    ...(choices.chance(0.5) ? { changed: choices.pick(TAG_VALUES[tag]) } : {}),
    seen: choices.chance(0.5),
  };
}

const timed = (choices: SeededChoices): { minute: number } => ({ minute: choices.integer(1, SPAN) });

function subject(choices: SeededChoices, state: FakeEksState) {
  return {
    cluster: choices.pick(clustersByName(state)).name,
    part: choices.pick(['control-plane', 'node-group', 'addon'] as const),
  };
}

/** Minutes from at once, while the grant is open, to a time when others hold it. */
const REDRIVEN_AFTER = [0, 1, 2, 5, 30, 120];

/** Drawn after all others, so that this kind does not change the other faults of a seed. */
function planRedrives(choices: SeededChoices, clusters: number): PlannedFault[] {
  return Array.from({ length: choices.integer(0, 2 + Math.floor(clusters / 10)) }, () => ({
    kind: 'redriven',
    ...timed(choices),
    minutes: choices.pick(REDRIVEN_AFTER),
    nested: choices.chance(0.5),
    stops: choices.chance(0.5),
  }));
}

/**
 * A cluster that failed within its wave's budget is retried while later waves run, and fails again after the budget was cut: a wave that had passed
 * halts. Drawn after all others, like redrives.
 */
function planLateHalt(choices: SeededChoices, state: FakeEksState): PlannedFault[] {
  if (!choices.chance(0.4)) return [];
  const cluster = choices.pick(clustersByName(state)).name;
  const fails = { kind: 'update-fails', cluster, part: 'control-plane' } as const;
  const minute = choices.integer(60, SPAN);
  const retry = { kind: 'person', does: 'retry', minutes: 0 } as const;
  return [
    fails,
    fails,
    { kind: 'slow-insights', seconds: 1_500 },
    { kind: 'config', minute, maxFailures: 0 },
    { ...retry, minute: minute + choices.integer(0, 10) },
    { ...retry, minute: minute + choices.integer(10, 90) },
  ];
}

/** A user has clusters taken back that have gone up, or are on their way; other faults occur on the way back too. Drawn after all others. */
function planRollbacks(choices: SeededChoices, clusters: number): PlannedFault[] {
  return Array.from({ length: choices.integer(0, 2 + Math.floor(clusters / 10)) }, () => ({
    kind: 'person',
    ...timed(choices),
    does: 'roll-back',
    minutes: 0,
  }));
}

/** The owner of a cluster's version takes it back without Liftlock. Drawn after all others. */
function planReverts(choices: SeededChoices): PlannedFault[] {
  const count = choices.chance(0.5) ? choices.integer(1, 3) : 0;
  return Array.from({ length: count }, () => ({ kind: 'person', ...timed(choices), does: 'revert', minutes: 0 }));
}

/** Clusters appear while rollouts are under way, and when they have ended. Drawn after all others. */
function planCreations(choices: SeededChoices, state: FakeEksState): PlannedFault[] {
  return Array.from({ length: choices.chance(0.4) ? choices.integer(1, 2) : 0 }, () => ({
    kind: 'created',
    minute: choices.integer(30, 3 * SPAN),
    cluster: choices.pick(clustersByName(state)).name,
  }));
}

/** Some clusters get worse during an upgrade, and the policies of half of the runs take them back. Drawn after all others. */
function planRegressions(choices: SeededChoices, state: FakeEksState): PlannedFault[] {
  // Liftlock can only read these.
  const open = clustersByName(state).filter(({ tags }) => tags.network === 'open');
  if (open.length === 0 || choices.chance(0.5)) return [];
  return Array.from({ length: choices.integer(1, 2 + Math.floor(open.length / 3)) }, () => ({
    kind: 'regression',
    cluster: choices.pick(open).name,
    from: choices.pick(['1.36', '1.37', '1.37', '1.37']),
    ...(choices.chance(0.4) ? { of: 'rates' as const } : {}),
  }));
}

/** Pods crash in every cluster from the minor on that it goes to. */
const planBadMinor = (state: FakeEksState): PlannedFault[] =>
  clustersByName(state).map(({ name, version }) => ({
    ...{ kind: 'regression', cluster: name, from: KubeVersion.parse(version).next().toString() },
  }));

/** The faults of a run from its seed: none, a few, or many. The same seed and fleet give the same list. */
export function planFaults(level: FaultLevel, seed: number, state: FakeEksState): PlannedFault[] {
  const clusters = Object.keys(state.clusters).length;
  if (level === 'none' || clusters === 0) return [];
  const choices = new SeededChoices(seed * 7919 + 3);
  const [least, most] = level === 'light' ? [2, 3 + clusters / 10] : [8 + clusters / 5, 16 + clusters / 2];
  const total = KINDS.reduce((sum, [share]) => sum + share, 0);
  const planned = Array.from({ length: choices.integer(Math.ceil(least), Math.ceil(most)) }, () => {
    let left = choices.integer(1, Math.floor(total * 10)) / 10;
    for (const [share, plan] of KINDS) {
      left -= share;
      if (left <= 0) return plan(choices, state);
    }
    return planEffect(choices);
  });
  // Without anybody on call most worlds would end at their first failure.
  const onCall: PlannedFault[] = seed % 3 === 0 ? [] : [{ kind: 'on-call' }];
  return level === 'light'
    ? [...planned, ...onCall]
    : [
        ...planned,
        ...onCall,
        ...planRedrives(choices, clusters),
        ...planLateHalt(choices, state),
        ...planRollbacks(choices, clusters),
        ...planRegressions(choices, state),
        ...planReverts(choices),
        ...(hasBadMinor(seed) ? planBadMinor(state) : []),
        ...planCreations(choices, state),
      ];
}
