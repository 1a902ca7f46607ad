import {
  type DrainBudget,
  type DrainFacts,
  type DrainNode,
  noDrainFacts,
  type PodShape,
} from '../../core/scan/drain/drain-facts.ts';

/** The same numbers for the same seed (mulberry32). */
export function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

export const NOW = new Date('2026-11-25T12:00:00Z');
const LONG_AGO = '2026-11-20T00:00:00Z';

export const aNode = (name: string, parts: Partial<DrainNode> = {}): DrainNode => ({
  name,
  nodegroup: 'workers',
  labels: { 'kubernetes.io/hostname': name },
  taints: [],
  ready: true,
  unschedulable: false,
  ...parts,
});

export const aShape = (parts: Partial<PodShape> = {}): PodShape => ({
  namespace: 'shop',
  labels: { app: 'web' },
  graceSeconds: 30,
  isMirror: false,
  terms: [],
  tolerations: [],
  claims: [],
  cpu: 0,
  memory: 0,
  ...parts,
});

export const aBudget = (parts: Partial<DrainBudget> = {}): DrainBudget => ({
  namespace: 'shop',
  name: 'web',
  selector: { matchLabels: { app: 'web' }, matchExpressions: [] },
  evictsUnhealthy: 'IfHealthyBudget',
  ...parts,
});

/** A cluster whose pods are added one by one. */
export class DrainWorld {
  readonly facts: DrainFacts = noDrainFacts();
  readonly goes = new Set<DrainNode>();

  node(name: string, parts: Partial<DrainNode> & { goes?: boolean } = {}): this {
    const { goes = true, ...own } = parts;
    const node = aNode(name, own);
    this.facts.nodes.push(node);
    if (goes) this.goes.add(node);
    return this;
  }

  budget(parts: Partial<DrainBudget> = {}): this {
    this.facts.budgets.push(aBudget(parts));
    return this;
  }

  /** `replicas` undefined: a controller that has no scale, or none that is known. */
  controller(kind: string, name: string, replicas?: number): this {
    if (replicas !== undefined) this.facts.replicas[`${kind}/shop/${name}`] = replicas;
    return this;
  }

  pod(
    name: string,
    node: string | undefined,
    shape: Partial<PodShape> = {},
    parts: Partial<DrainFacts['pods'][number]> = {},
  ): this {
    const whole = aShape(shape);
    const key = JSON.stringify(whole);
    this.facts.shapes[key] ??= whole;
    const on = node === undefined ? {} : { node };
    this.facts.pods.push({ name, shape: key, ...on, phase: 'Running', ready: true, createdAt: LONG_AGO, ...parts });
    return this;
  }
}

export const ofDeployment = (name: string): Partial<PodShape> => ({
  labels: { app: name, 'pod-template-hash': '5d4f' },
  controller: { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-5d4f` },
});

/** A small cluster: up to three nodes, three workloads and seven pods, with budgets of every sort. */
export function randomWorld(seed: number): DrainWorld {
  const random = createRandom(seed);
  const pick = <T>(...choices: readonly T[]): T => choices[random(choices.length)] as T;
  const world = new DrainWorld();
  const nodes = 1 + random(3);
  for (let at = 0; at < nodes; at += 1) world.node(`node-${at}`, { goes: at === 0 || random(3) > 0 });
  let left = 7;
  for (const app of ['web', 'api', 'job'].slice(0, 1 + random(3))) {
    const kind = pick('Deployment', 'Deployment', 'Deployment', 'StatefulSet', 'bare', 'Job');
    const count = Math.min(left, 1 + random(4));
    left -= count;
    const replicas = random(8) === 0 ? Math.max(0, count - 1) : count;
    if (kind === 'Deployment' || kind === 'StatefulSet') world.controller(kind, app, replicas);
    const pinned =
      random(10) === 0 ? [[{ key: 'kubernetes.io/hostname', operator: 'In' as const, values: ['node-0'] }]] : [];
    for (let at = 0; at < count; at += 1) {
      const shape =
        kind === 'Deployment'
          ? ofDeployment(app)
          : { labels: { app }, ...(kind === 'bare' ? {} : { controller: { apiVersion: 'x', kind, name: app } }) };
      const ready = random(6) > 0;
      const phase = random(15) === 0 ? pick('Succeeded', 'Pending') : 'Running';
      const node = `node-${pinned.length > 0 ? 0 : random(nodes)}`;
      world.pod(`${app}-${at}`, node, { ...shape, terms: pinned }, { ready: ready && phase === 'Running', phase });
    }
    if (random(4) === 0) continue;
    const amount = pick<number | string>(0, 1, 1, 2, 3, '0%', '25%', '50%', '100%');
    const rule = random(2) === 0 ? { minAvailable: amount } : { maxUnavailable: amount };
    const evictsUnhealthy = pick('IfHealthyBudget' as const, 'IfHealthyBudget' as const, 'AlwaysAllow' as const);
    const matchLabels = random(12) === 0 ? {} : { app };
    world.budget({ name: app, ...rule, evictsUnhealthy, selector: { matchLabels, matchExpressions: [] } });
  }
  return world;
}
