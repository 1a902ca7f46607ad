import type { ClusterSpecification } from '../../simulator/eks/add-cluster.ts';
import type { PlannedFault } from '../../simulator/simulate/faults/planned-fault.ts';

/** A run that a person can read from beginning to end. */
export interface GoldenScenario {
  /** `<name>.golden.txt` holds what it does. */
  readonly name: string;
  readonly title: string;
  readonly clusters: readonly ClusterSpecification[];
  readonly caps?: object;
  /** Specs of Calendars, by name. */
  readonly calendars?: Readonly<Record<string, object>>;
  readonly waves: readonly object[];
  readonly faults: readonly PlannedFault[];
}

const at136 = (name: string, stage: string, more: Partial<ClusterSpecification> = {}): ClusterSpecification => ({
  name,
  version: '1.36',
  tags: { stage },
  nodegroups: [{ name: 'workers', nodes: 1 }],
  ...more,
});
const withAmi = (name: string, amiType: string): ClusterSpecification =>
  at136(name, 'dev', { nodegroups: [{ name: 'workers', nodes: 1, amiType }] });
const wave = (stage: string, more: object = {}): object => ({
  name: stage,
  selector: { matchLabels: { stage } },
  ...more,
});

export const GOLDEN_SCENARIOS: readonly GoldenScenario[] = [
  {
    name: 'window-soak-approval',
    title: 'Dev goes by day and soaks; prod waits for a person, then for the night.',
    clusters: [at136('dev-1', 'dev'), at136('prod-1', 'prod'), at136('prod-2', 'prod')],
    calendars: {
      days: { timeZone: 'Europe/Berlin', windows: [{ name: 'day', schedule: '0 10 * * *', duration: '8h' }] },
      nights: { timeZone: 'Europe/Berlin', windows: [{ name: 'night', schedule: '0 22 * * *', duration: '6h' }] },
    },
    waves: [
      wave('dev', { calendar: 'days', soak: '20h' }),
      wave('prod', { calendar: 'nights', maxConcurrency: 2, approval: { approvals: 2, expiresAfter: '3d' } }),
    ],
    faults: [],
  },
  {
    name: 'freeze-moves-a-wave',
    title:
      'A freeze is applied while the first wave runs: the second one waits until it is over, what runs finishes its step.',
    clusters: [at136('dev-1', 'dev'), at136('prod-1', 'prod')],
    calendars: { 'change-control': {} },
    waves: [wave('dev'), wave('prod', { calendar: 'change-control' })],
    faults: [{ kind: 'calendar', minute: 10, calendar: 'change-control', change: 'freeze', minutes: 480 }],
  },
  {
    name: 'halt-and-accept',
    title:
      'A failure exceeds the budget and halts the rollout; hours later a person accepts it, and the wave soaks all the same.',
    clusters: [at136('dev-1', 'dev'), at136('dev-2', 'dev'), at136('prod-1', 'prod')],
    waves: [wave('dev', { maxConcurrency: 2, soak: '2h' }), wave('prod')],
    faults: [
      { kind: 'update-fails', cluster: 'dev-1', part: 'control-plane' },
      { kind: 'person', minute: 90, does: 'accept-failures', minutes: 0 },
    ],
  },
  {
    name: 'fingerprint',
    title:
      'The one with Bottlerocket fails: the other one that has it is set aside, the rest goes on, a person releases it.',
    clusters: [
      withAmi('dev-1', 'AL2023_x86_64_STANDARD'),
      withAmi('dev-2', 'BOTTLEROCKET_x86_64'),
      withAmi('dev-3', 'BOTTLEROCKET_x86_64'),
      withAmi('dev-4', 'AL2023_x86_64_STANDARD'),
    ],
    waves: [wave('dev', { failureBudget: { maxFailures: 2 } })],
    faults: [
      { kind: 'update-fails', cluster: 'dev-2', part: 'control-plane' },
      { kind: 'person', minute: 240, does: 'release-traits', minutes: 0 },
    ],
  },
  {
    name: 'crash-resumed',
    title:
      'The function dies after EKS took its call and before it learned of it: the update is found again, not repeated.',
    clusters: [at136('dev-1', 'dev')],
    waves: [wave('dev')],
    faults: [
      {
        kind: 'effect',
        when: 'after',
        operation: 'call',
        function: 'upgrade-control-plane',
        skip: 0,
        times: 1,
        effect: { kind: 'crash' },
      },
    ],
  },
  {
    name: 'policy-changed',
    title: 'Approved at once, then the policy changes before its turn: the approval is void, and is asked for again.',
    clusters: [at136('dev-1', 'dev'), at136('prod-1', 'prod')],
    waves: [wave('dev', { soak: '3h' }), wave('prod', { approval: {} })],
    faults: [{ kind: 'policy', minute: 100, policy: 'standard', change: 'bake', wave: 'prod' }],
  },
  {
    name: 'gate-turns-red',
    title: 'A gate turns red while the wave soaks: the soak starts again when it is green.',
    clusters: [at136('dev-1', 'dev'), at136('prod-1', 'prod')],
    waves: [wave('dev', { soak: '1h', gates: [{ alarm: 'errors' }] }), wave('prod')],
    faults: [{ kind: 'gate', minute: 50, minutes: 20, gate: 'errors', status: 'red' }],
  },
  {
    name: 'foreign-update',
    title: 'Somebody else upgrades a cluster before its turn: it is set aside, and its nodes follow afterwards.',
    clusters: [at136('dev-1', 'dev'), at136('dev-2', 'dev')],
    waves: [wave('dev', { maxConcurrency: 2 })],
    faults: [{ kind: 'foreign-update', minute: 0, cluster: 'dev-2', part: 'control-plane' }],
  },
];
