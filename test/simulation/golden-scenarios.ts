import type { ClusterSpecification } from '../../simulator/eks/add-cluster.ts';
import type { PlannedFault } from '../../simulator/simulate/faults/planned-fault.ts';

/** A run that a person can read from beginning to end. */
export interface GoldenScenario {
  /** `<name>.golden.txt` holds what it does. */
  readonly name: string;
  readonly title: string;
  readonly clusters: readonly ClusterSpecification[];
  readonly caps?: object;
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
const wave = (stage: string, more: object = {}): object => ({
  name: stage,
  selector: { matchLabels: { stage } },
  ...more,
});

export const GOLDEN_SCENARIOS: readonly GoldenScenario[] = [
  {
    name: 'budget-halts',
    title: 'A failure exceeds the budget of the first wave: what runs finishes, nothing else begins.',
    clusters: [at136('dev-1', 'dev'), at136('dev-2', 'dev'), at136('dev-3', 'dev'), at136('prod-1', 'prod')],
    waves: [wave('dev', { maxConcurrency: 2 }), wave('prod')],
    faults: [{ kind: 'update-fails', cluster: 'dev-1', part: 'control-plane' }],
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
    name: 'foreign-update',
    title: 'Somebody else upgrades a cluster before its turn: it is set aside, and its nodes follow afterwards.',
    clusters: [at136('dev-1', 'dev'), at136('dev-2', 'dev')],
    waves: [wave('dev', { maxConcurrency: 2 })],
    faults: [{ kind: 'foreign-update', minute: 0, cluster: 'dev-2', part: 'control-plane' }],
  },
  {
    name: 'pause-resume',
    title:
      'A person pauses the rollout for three quarters of an hour: what EKS works on finishes, nothing else is changed.',
    clusters: [at136('dev-1', 'dev'), at136('dev-2', 'dev')],
    waves: [wave('dev', { maxConcurrency: 1 })],
    faults: [{ kind: 'person', minute: 8, does: 'pause', minutes: 45 }],
  },
  {
    name: 'two-hops',
    title: 'A cluster two minors behind takes both hops back to back, inside its wave.',
    clusters: [at136('dev-1', 'dev', { version: '1.35' }), at136('prod-1', 'prod')],
    waves: [wave('dev'), wave('prod')],
    faults: [],
  },
  {
    name: 'cap-holds',
    title: 'The wave would take three at once; the account takes one.',
    clusters: [at136('dev-1', 'dev'), at136('dev-2', 'dev'), at136('dev-3', 'dev', { account: '222222222222' })],
    caps: { perAccount: 1 },
    waves: [wave('dev', { maxConcurrency: 3 })],
    faults: [],
  },
];
