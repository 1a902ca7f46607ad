import { DrainWorld, NOW, ofDeployment } from '../../../test/drain/worlds.ts';
import { given } from '../../model/given.ts';
import type { DrainBudget, DrainPod, PodShape } from './drain-facts.ts';
import { simulateDrain } from './simulate-drain.ts';
import { endTogether } from './without-surge.ts';

const minutesAgo = (minutes: number): string => new Date(NOW.getTime() - minutes * 60_000).toISOString();
const web = ofDeployment('web');
const of = (kind: string, name = 'web', more: Partial<PodShape> = {}): Partial<PodShape> => ({
  labels: { app: name },
  controller: { apiVersion: 'x/v1', kind, name },
  ...more,
});

/** A Deployment `web` with this number of replicas, whose pods are all on a drained node. */
function replicas(count: number, budget?: Partial<DrainBudget>, pod: Partial<DrainPod> = {}, shape = web): DrainWorld {
  const world = new DrainWorld().node('a').controller('Deployment', 'web', count);
  for (let at = 0; at < count; at += 1) world.pod(`web-${at}`, 'a', shape, at === 0 ? pod : {});
  return budget === undefined ? world : world.budget(budget);
}

const pinned = (key: string, value: string) => ({ terms: [[{ key, operator: 'In' as const, values: [value] }]] });
const everything = { tolerations: [{ operator: 'Exists' as const, value: '' }] };
const unready = { ready: false };
const status = { expectedPods: 2, currentHealthy: 2, desiredHealthy: 1, syncFailed: false };

/** Named worlds, their verdicts, and why pods stay. */
const FIXTURES: readonly (readonly [name: string, world: () => DrainWorld, verdict: string, ...codes: string[]])[] = [
  ['no pods', () => new DrainWorld().node('a'), 'drains'],
  ['pods without a budget', () => replicas(3), 'drains'],
  ['a budget with room', () => replicas(3, { maxUnavailable: 1 }), 'drains'],
  ['a budget that says no amount, which allows nothing', () => replicas(2, {}), 'stuck', 'budget-allows-none'],
  ['a singleton that may be disrupted', () => replicas(1, { maxUnavailable: 1 }), 'drains'],
  ['a singleton of which one must be available', () => replicas(1, { minAvailable: 1 }), 'stuck', 'budget-allows-none'],
  ['two of which both must be available', () => replicas(2, { minAvailable: 2 }), 'stuck', 'budget-allows-none'],
  ['maxUnavailable 0', () => replicas(3, { maxUnavailable: 0 }), 'stuck', 'budget-allows-none'],
  ['maxUnavailable 0%', () => replicas(3, { maxUnavailable: '0%' }), 'stuck', 'budget-allows-none'],
  ['minAvailable 100%', () => replicas(5, { minAvailable: '100%' }), 'stuck', 'budget-allows-none'],
  ['a small percentage, which rounds up to one', () => replicas(3, { maxUnavailable: '1%' }), 'drains'],
  ['half of one, which rounds up to one', () => replicas(1, { minAvailable: '50%' }), 'stuck', 'budget-allows-none'],
  ['half of three', () => replicas(3, { minAvailable: '50%' }), 'drains'],
  ['a budget of another namespace', () => replicas(1, { namespace: 'else', minAvailable: 1 }), 'drains'],
  [
    'a budget without a selector, which selects nothing',
    () => {
      const world = replicas(1, { minAvailable: 1 });
      world.facts.budgets = world.facts.budgets.map(({ selector: _, ...budget }) => budget);
      return world;
    },
    'drains',
  ],
  [
    'an empty selector, which selects everything',
    () => replicas(1, { minAvailable: 1, selector: { matchLabels: {}, matchExpressions: [] } }),
    'stuck',
    'budget-allows-none',
  ],
  [
    'two budgets with room',
    () => replicas(3, { maxUnavailable: 1 }).budget({ name: 'b', maxUnavailable: 1 }),
    'stuck',
    'several-budgets',
  ],
  [
    'a crashing pod under a budget that is met',
    () => replicas(3, { minAvailable: 2 }, unready),
    'stuck',
    'budget-unhealthy',
  ],
  ['a crashing pod alone', () => replicas(1, { minAvailable: 1 }, unready), 'stuck', 'budget-allows-none'],
  [
    'a crashing pod alone that may always go',
    () => replicas(1, { minAvailable: 1, evictsUnhealthy: 'AlwaysAllow' }, unready),
    'drains',
  ],
  ['a crashing pod, and minAvailable 0', () => replicas(1, { minAvailable: 0 }, unready), 'stuck', 'budget-unhealthy'],
  [
    'a pod that is just starting',
    () => replicas(2, { minAvailable: 1 }, { ...unready, createdAt: minutesAgo(2) }),
    'uncertain',
    'budget-recovering',
  ],
  [
    'a pod that was evicted a minute ago',
    () => replicas(2, { minAvailable: 1, disrupted: { 'web-1': minutesAgo(1) } }),
    'uncertain',
    'budget-recovering',
  ],
  [
    'a pod that was evicted three minutes ago',
    () => replicas(2, { minAvailable: 1, disrupted: { 'web-1': minutesAgo(3) } }),
    'drains',
  ],
  [
    'replicas that are not made yet',
    () =>
      new DrainWorld().node('a').controller('Deployment', 'web', 2).pod('web-0', 'a', web).budget({ minAvailable: 1 }),
    'uncertain',
    'budget-recovering',
  ],
  ['a pending pod', () => replicas(1, { minAvailable: 1 }, { phase: 'Pending', ready: false }), 'drains'],
  ['a finished pod', () => replicas(1, { minAvailable: 1 }, { phase: 'Succeeded', ready: false }), 'drains'],
  ['a failed pod', () => replicas(1, { minAvailable: 1 }, { phase: 'Failed', ready: false }), 'drains'],
  ['a pod that ends now', () => replicas(1, { minAvailable: 1 }, { terminatingSince: minutesAgo(1) }), 'drains'],
  [
    'a pod that has been ending for an hour',
    () => replicas(1, undefined, { terminatingSince: minutesAgo(60) }),
    'uncertain',
    'finalizer',
  ],
  ['a pod with a finalizer', () => replicas(1, undefined, { finalizers: ['x/y'] }), 'uncertain', 'finalizer'],
  [
    'pods of a namespace that ends',
    () => {
      const world = replicas(1, { minAvailable: 1 });
      world.facts.endingNamespaces.push('shop');
      return world;
    },
    'drains',
  ],
  [
    'DaemonSet pods and mirrors under a budget',
    () =>
      new DrainWorld()
        .node('a')
        .pod('d', 'a', of('DaemonSet'))
        .pod('m', 'a', { isMirror: true, labels: { app: 'web' } })
        .budget({ minAvailable: 2 }),
    'drains',
  ],
  [
    'a Job under a budget that counts replicas',
    () => new DrainWorld().node('a').pod('j', 'a', of('Job')).budget({ maxUnavailable: 1 }),
    'stuck',
    'budget-sync-failed',
  ],
  [
    'a Job under a budget that counts pods',
    () => new DrainWorld().node('a').pod('j', 'a', of('Job')).pod('k', 'a', of('Job')).budget({ minAvailable: 1 }),
    'uncertain',
    'budget-shrinks',
  ],
  [
    'a custom resource whose scale the budget has been told',
    () => new DrainWorld().node('a').pod('c', 'a', of('Rollout')).budget({ status, maxUnavailable: 1 }),
    'uncertain',
    'budget-recovering',
  ],
  [
    'a custom resource of which nobody was told',
    () => new DrainWorld().node('a').pod('c', 'a', of('Rollout')).budget({ maxUnavailable: 1 }),
    'uncertain',
    'budget-scale-unknown',
  ],
  [
    'a bare pod, which an integer counts',
    () => new DrainWorld().node('a').pod('p', 'a').pod('q', 'a').budget({ minAvailable: 1 }),
    'stuck',
    'budget-shrinks',
  ],
  [
    'a bare pod, and others on a node that stays',
    () => new DrainWorld().node('a').node('b', { goes: false }).pod('p', 'a').pod('q', 'b').budget({ minAvailable: 1 }),
    'drains',
  ],
  [
    'a bare pod under a budget that counts replicas',
    () => new DrainWorld().node('a').pod('p', 'a').budget({ maxUnavailable: 1 }),
    'stuck',
    'budget-allows-none',
  ],
  [
    'a volume in a zone that new nodes may have',
    () => volume('topology.kubernetes.io/zone', 'z', { labels: { 'topology.kubernetes.io/zone': 'z' } }),
    'drains',
  ],
  ['a volume on the disk of a node that goes', () => volume('kubernetes.io/hostname', 'a'), 'stuck', 'budget-shrinks'],
  [
    'a node that was labelled by hand',
    () => {
      const by = { ...web, ...pinned('disk', 'fast') };
      const world = replicas(3, { minAvailable: 2 }, {}, by).node('b');
      world.facts.nodes[0] = Object.assign(world.facts.nodes[0] as object, { labels: { disk: 'fast' } }) as never;
      return world;
    },
    'uncertain',
    'budget-shrinks',
  ],
  [
    'pods that are larger than any node',
    () => {
      const world = replicas(3, { minAvailable: 2 }, {}, { ...web, cpu: 9_000 }).node('b', { cpu: 1 });
      Object.assign(world.facts.nodes[0] as object, { cpu: 1 });
      return world;
    },
    'stuck',
    'budget-shrinks',
  ],
  [
    'pods that every new node repels',
    () => {
      const world = replicas(3, { minAvailable: 2 });
      const [node] = world.facts.nodes;
      Object.assign(node as object, { taints: [{ key: 'only', value: 'gpu', effect: 'NoSchedule' }] });
      return world;
    },
    'stuck',
    'budget-shrinks',
  ],
  [
    'pods that tolerate a cordon',
    () => replicas(1, undefined, {}, { ...web, ...everything }),
    'uncertain',
    'comes-back',
  ],
  ['a long grace period', () => replicas(1, undefined, {}, { ...web, graceSeconds: 3_600 }), 'uncertain', 'long-grace'],
  ['forty pods on one node, one at a time', () => replicas(40, { maxUnavailable: 1 }), 'uncertain', 'slow'],
  ['ten pods on one node, one at a time', () => replicas(10, { maxUnavailable: 1 }), 'drains'],
  [
    'a crashing pod on a node that is lost, and the budget needs it',
    () =>
      new DrainWorld()
        .node('a', { ready: false })
        .node('b')
        .controller('Deployment', 'web', 2)
        .pod('web-0', 'a', web, unready)
        .pod('web-1', 'b', web)
        .budget({ minAvailable: 1 }),
    'uncertain',
    'budget-shrinks',
  ],
  [
    'more pods than replicas, in the middle of a rollout',
    () => {
      const world = replicas(2, { minAvailable: 2 });
      return world.pod('web-2', 'a', web);
    },
    'uncertain',
    'budget-shrinks',
  ],
];

/** A StatefulSet of two with claims on volumes that only some nodes reach. */
function volume(key: string, value: string, node: object = {}): DrainWorld {
  const shape = of('StatefulSet', 'web', { claims: ['data'] });
  const world = new DrainWorld().node('a', node).controller('StatefulSet', 'web', 2);
  world.pod('web-0', 'a', shape).pod('web-1', 'a', shape).budget({ minAvailable: 1 });
  world.facts.volumes.claims['shop/data'] = 'v';
  world.facts.volumes.nodes.v = [[{ key, operator: 'In', values: [value] }]];
  return world;
}

const named = FIXTURES.map(([name, build, ...expected]) => ({ name, build, expected }));

test.each(named)('$name', ({ build, expected }) => {
  const { facts, goes } = build();
  const { verdict, causes } = simulateDrain(facts, goes, NOW);
  expect([verdict, ...causes.map(({ code }) => code)]).toEqual(expected);
});

test('there are forty of them, each with a name of its own', () => {
  expect(new Set(FIXTURES.map(([name]) => name)).size).toBe(FIXTURES.length);
  expect(FIXTURES.length).toBeGreaterThanOrEqual(40);
});

test('a node is as bad as what is on it, and a group as its worst node', () => {
  const world = replicas(2, { minAvailable: 2 }).node('b').node('c', { nodegroup: 'other', goes: false });
  world.pod('free', 'b', { labels: {} }).pod('elsewhere', 'c', web);
  const { nodes, lost } = simulateDrain(world.facts, world.goes, NOW);
  expect(nodes.map(({ name, verdict, seconds }) => [name, verdict, seconds])).toEqual([
    ['a', 'uncertain', 90],
    ['b', 'drains', 30],
  ]);
  expect(lost.map(({ name }) => name)).toEqual(['free']);
});

test('without a surge, pods that end together need room in their budget for all of them; what is stuck stays so', () => {
  const verdictOf = (world: DrainWorld, atOnce: number | undefined) => {
    const { verdict, causes } = simulateDrain(world.facts, world.goes, NOW, (group) =>
      group === 'workers' && atOnce !== undefined ? { nodes: atOnce, hasSurge: false } : undefined,
    );
    return [verdict, ...causes.map(({ code }) => code)];
  };
  const spread = (maxUnavailable: number) =>
    new DrainWorld()
      .node('a')
      .node('b')
      .controller('Deployment', 'web', 2)
      .pod('web-0', 'a', web)
      .pod('web-1', 'b', web)
      .budget({ maxUnavailable });
  expect(verdictOf(replicas(3, { maxUnavailable: 1 }), undefined)).toEqual(['drains']);
  expect(verdictOf(replicas(3, { maxUnavailable: 1 }), 1)).toEqual(['uncertain', 'no-surge']);
  expect(verdictOf(replicas(3, { maxUnavailable: 3 }), 1)).toEqual(['drains']);
  expect(verdictOf(spread(1), 1)).toEqual(['drains']);
  expect(verdictOf(spread(1), 2)).toEqual(['uncertain', 'no-surge']);
  expect(verdictOf(spread(2), 2)).toEqual(['drains']);
  expect(verdictOf(replicas(3, { maxUnavailable: 0 }), 1)).toEqual(['stuck', 'budget-allows-none']);
  expect(verdictOf(replicas(3), 3)).toEqual(['drains']);
});

test('nodes are drained together, as many as may be unavailable; without new ones first where the update strategy is MINIMAL', () => {
  const group = (updateConfig: object, desiredSize?: number) =>
    endTogether([
      {
        nodegroupName: 'gpu',
        clusterName: 'web',
        status: 'ACTIVE',
        updateConfig,
        scalingConfig: given({ desiredSize }),
      },
    ])('gpu');
  expect(group({ updateStrategy: 'DEFAULT', maxUnavailable: 2 })).toEqual({ nodes: 2, hasSurge: true });
  expect(group({ updateStrategy: 'MINIMAL' })).toEqual({ nodes: 1, hasSurge: false });
  expect(group({ updateStrategy: 'MINIMAL', maxUnavailable: 4 })?.nodes).toBe(4);
  expect(group({ updateStrategy: 'MINIMAL', maxUnavailablePercentage: 34 }, 5)?.nodes).toBe(2);
  expect(group({ updateStrategy: 'MINIMAL', maxUnavailablePercentage: 10 }, 0)?.nodes).toBe(1);
  expect(group({ updateStrategy: 'MINIMAL', maxUnavailablePercentage: 10 })?.nodes).toBe(100);
  expect(endTogether([])('gpu')).toBeUndefined();
});

test('the nodes that are drained together wait for the pods of all of them under one budget', () => {
  const world = new DrainWorld().controller('Deployment', 'web', 61).budget({ maxUnavailable: 1 });
  for (let at = 0; at < 60; at += 1) world.node(`n${at}`).pod(`web-${at}`, `n${at}`, web);
  world.pod('more', 'n0', web).pod('free', 'n1', { labels: {} });
  const slowest = (atOnce: number) => {
    const { verdict, nodes, causes } = simulateDrain(world.facts, world.goes, NOW, () => ({
      ...{ nodes: atOnce, hasSurge: true },
    }));
    const { pods = [], code } = causes[0] ?? {};
    return [verdict, code, pods.length, nodes[0]?.seconds, nodes[59]?.seconds];
  };
  expect(slowest(1)).toEqual(['drains', undefined, 0, 90, 30]);
  expect(slowest(14)).toEqual(['drains', undefined, 0, 870, 870]);
  expect(slowest(15)).toEqual(['uncertain', 'slow', 61, 930, 930]);
});

test('pods that may take their whole grace period, one after the other, may outlast the drain of their node', () => {
  const codes = (count: number, graceSeconds: number, maxUnavailable = 1) => {
    const { facts, goes } = replicas(count, { maxUnavailable }, {}, { ...web, graceSeconds });
    const { causes, nodes } = simulateDrain(facts, goes, NOW);
    return [nodes[0]?.verdict, nodes[0]?.seconds, ...causes.map(({ code }) => code)];
  };
  expect(codes(4, 300)).toEqual(['uncertain', 210, 'long-grace']);
  expect(codes(4, 300, 2)).toEqual(['drains', 90]);
  expect(codes(2, 300)).toEqual(['drains', 90]);
  expect(codes(40, 300)).toEqual(['uncertain', 2370, 'slow']);
});
