import { decideDrain } from '../../../core/nodes/decide-drain.ts';
import { lookAt } from '../../../core/nodes/drain-look.ts';
import { type DrainMemory, type DrainMove, type DrainSettings, EMPTY_MEMORY } from '../../../core/nodes/drain-move.ts';
import type { DrainNode, DrainPod } from '../../../core/ports/node-operator.ts';

export const NOW = new Date('2026-11-25T12:00:00Z');

/** `now` and so many seconds. */
export const at = (seconds: number): string => new Date(NOW.getTime() + seconds * 1000).toISOString();

export const SETTINGS: DrainSettings = {
  maxUnavailable: 1,
  pauseSeconds: 30,
  podTimeoutSeconds: 1800,
  order: 'zones',
  barePods: 'wait',
  emptyDirs: 'evict',
  rules: [],
};

export const node = (name: string, also: Partial<DrainNode> = {}): DrainNode => ({
  name,
  uid: `uid-${name}`,
  resourceVersion: '1',
  labels: {},
  ready: true,
  unschedulable: false,
  terminating: false,
  taints: [],
  ...also,
});

/** As Liftlock cordons it. */
export const ours = (name: string, also: Partial<DrainNode> = {}): DrainNode =>
  node(name, { unschedulable: true, cordonedBy: 'u1', ...also });

export const zoned = (zone: string): Partial<DrainNode> => ({ labels: { 'topology.kubernetes.io/zone': zone } });

export const pod = (name: string, also: Partial<DrainPod> = {}): DrainPod => ({
  namespace: 'shop',
  name,
  uid: `uid-${name}`,
  labels: {},
  phase: 'Running',
  createdAt: at(-86_400),
  graceSeconds: 30,
  controller: 'Deployment/web',
  isMirror: false,
  emptyDirs: [],
  ...also,
});

export interface DrainWorld {
  readonly nodes: readonly DrainNode[];
  /** Nodes of the cluster beside those of the drain. */
  readonly others?: readonly DrainNode[];
  readonly pods?: Readonly<Record<string, readonly DrainPod[]>>;
  readonly pending?: readonly DrainPod[];
  readonly settings?: Partial<DrainSettings>;
  readonly memory?: Partial<DrainMemory>;
}

/** What is decided in a world where every cordoned node without a list of pods is empty. */
export function decideIn({
  nodes,
  others = [],
  pods = {},
  pending = [],
  settings = {},
  memory = {},
}: DrainWorld): DrainMove {
  const [asked, known] = [
    { ...SETTINGS, ...settings },
    { ...EMPTY_MEMORY, ...memory },
  ];
  return decideDrain(lookAt(observationOf({ nodes, others, pods, pending }), asked, known, NOW));
}

export function observationOf({
  nodes,
  others = [],
  pods = {},
  pending = [],
}: Omit<DrainWorld, 'settings' | 'memory'>) {
  const cordoned = nodes.filter(({ unschedulable }) => unschedulable).map(({ name }) => [name, []] as const);
  return { nodes, allNodes: [...nodes, ...others], pods: new Map([...cordoned, ...Object.entries(pods)]), pending };
}

/** `evict a: x y`, `wait 5: DrainTerminating`. */
export function inShort(move: DrainMove): string {
  if (move.type === 'cordon') return `cordon ${move.node.name}`;
  if (move.type === 'evict') return `evict ${move.node.name}: ${move.pods.map(({ name }) => name).join(' ')}`;
  const codes = move.reasons.map(({ code }) => code).join(' ');
  return move.type === 'wait' ? `wait ${move.seconds}: ${codes}` : `${move.type}: ${codes}`;
}
