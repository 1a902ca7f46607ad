import { at, NOW, node, observationOf, ours, pod, SETTINGS } from '../../test/material/nodes/drain-world.ts';
import { lookAt } from './drain-look.ts';
import { type DrainMemory, type DrainSettings, EMPTY_MEMORY } from './drain-move.ts';

const look = (
  world: Parameters<typeof observationOf>[0],
  memory: Partial<DrainMemory> = {},
  settings: Partial<DrainSettings> = {},
) => lookWhole(world, memory, settings).memory;

const lookWhole = (
  world: Parameters<typeof observationOf>[0],
  memory: Partial<DrainMemory>,
  settings: Partial<DrainSettings>,
) => lookAt(observationOf(world), { ...SETTINGS, ...settings }, { ...EMPTY_MEMORY, ...memory }, NOW);

const foreign = (name: string) => node(name, { unschedulable: true });

test('the same look again changes nothing', () => {
  const names = ['a', 'b', 'c', 'd'];
  const pods = Object.fromEntries(names.map((name) => [name, [pod(`of-${name}`, { controller: undefined })]]));
  const world = { nodes: [ours('a'), foreign('b'), foreign('c'), foreign('d'), ours('e')], pods };
  const once = look(world, { nodes: { e: { begunAt: at(-90) } } }, { maxUnavailable: 3, pauseSeconds: 0 });
  expect(Object.keys(once.nodes).sort()).toEqual(['a', 'b', 'c', 'e']);
  expect(look(world, once, { maxUnavailable: 3, pauseSeconds: 0 })).toEqual(once);
});

test('a node begins when it is first seen cordoned with something to go, and keeps that time', () => {
  const world = { nodes: [ours('a')], pods: { a: [pod('p')] } };
  expect(look(world).nodes).toEqual({ a: { begunAt: at(0) } });
  expect(look(world, { nodes: { a: { begunAt: at(-60) } } }).nodes).toEqual({ a: { begunAt: at(-60) } });
});

test('when it became empty is told once', () => {
  const drained = look({ nodes: [ours('a')] }, { nodes: { a: { begunAt: at(-60) } } });
  expect(drained).toMatchObject({ lastDrainedAt: at(0), nodes: { a: { drainedAt: at(0) } } });
  const before = { nodes: { a: { begunAt: at(-60), drainedAt: at(-20) } }, lastDrainedAt: at(-20) };
  expect(look({ nodes: [ours('a')] }, before)).toMatchObject(before);
});

test('a node that has vanished is forgotten, and one that was drained before begins no pause', () => {
  expect(look({ nodes: [] }, { nodes: { a: { begunAt: at(-60) } } })).toMatchObject({
    nodes: {},
    lastDrainedAt: at(0),
  });
  expect(look({ nodes: [] }, { nodes: { a: { begunAt: at(-60), drainedAt: at(-9) } } }).lastDrainedAt).toBeUndefined();
});

test('a node whose cordon was undone keeps only that its drain failed', () => {
  const nodes = { a: { begunAt: at(-60), stuckAt: at(-30) }, b: { begunAt: at(-60) } };
  expect(look({ nodes: [node('a'), node('b')] }, { nodes }).nodes).toEqual({ a: { stuckAt: at(-30) } });
});

test('a node is stuck from the first look that finds a pod in the way for too long', () => {
  const world = { nodes: [ours('a')], pods: { a: [pod('p')] } };
  const tried = { retryAt: at(60), tries: 1, answer: 'budget' } as const;
  const after = (seconds: number) => look(world, { pods: { 'uid-p': { ...tried, since: at(-seconds) } } }).nodes;
  expect(after(1799)).toEqual({ a: { begunAt: at(0) } });
  expect(after(1800)).toEqual({ a: { begunAt: at(0), stuckAt: at(0) } });
});

test('who stands in the way unasked is remembered from its first look on', () => {
  const world = { nodes: [ours('a')], pods: { a: [pod('p', { controller: undefined }), pod('q')] } };
  const { pods } = look(world);
  expect(pods).toEqual({ 'uid-p': { since: at(0), retryAt: at(0), tries: 0, answer: 'unasked' } });
});

test('its time goes on while it is seen, and begins anew after a park', () => {
  const world = { nodes: [ours('a')], pods: { a: [pod('p', { controller: undefined })] } };
  const known = (seen: number) => ({
    'uid-p': { since: at(-7200), retryAt: at(seen), tries: 0, answer: 'unasked' } as const,
  });
  expect(look(world, { pods: known(-600) }).pods).toEqual({ 'uid-p': { ...known(0)['uid-p'] } });
  expect(look(world, { pods: known(-901) }).pods['uid-p']?.since).toBe(at(0));
});

test('two hundred pods are remembered, and four hundred nodes, those that were emptied last', () => {
  const bare = Array.from({ length: 250 }, (_, index) => pod(`p${index}`, { controller: undefined }));
  expect(Object.keys(look({ nodes: [ours('a')], pods: { a: bare } }).pods)).toHaveLength(200);
  const names = Array.from({ length: 450 }, (_, index) => `n${index}`);
  const nodes = Object.fromEntries(
    names.map((name, index) => [name, { begunAt: at(-9000), drainedAt: at(-5000 + index) }]),
  );
  const kept = Object.keys(look({ nodes: names.map((name) => ours(name)) }, { nodes }).nodes);
  expect(kept).toHaveLength(400);
  expect(kept).toContain('n449');
  expect(kept).not.toContain('n49');
});

test('what came back to a node is counted while it is cordoned', () => {
  const nodes = { a: { begunAt: at(-60), returns: 2 }, b: { begunAt: at(-60), returns: 1 } };
  const world = { nodes: [ours('a'), node('b')], pods: { a: [pod('p')] } };
  expect(look(world, { nodes }).nodes).toEqual({ a: { begunAt: at(-60), returns: 2 } });
});

test.each([
  [at(-15 * 60), 'budget', at(-7200)],
  [at(-15 * 60 - 1), 'budget', undefined],
  [at(-15 * 60), 'unasked', at(-7200)],
  [at(-15 * 60 - 1), 'unasked', undefined],
] as const)('a pod that was to be asked, or was last seen, at %s (%s) counts since %s', (retryAt, answer, since) => {
  const pods = { 'uid-p': { since: at(-7200), retryAt, tries: 3, answer } };
  const known = look({ nodes: [ours('a')], pods: { a: [pod('p')] } }, { pods, nodes: { a: { begunAt: at(-7200) } } });
  expect(known.pods['uid-p']?.since).toBe(since);
});

test.each([
  [undefined, 3],
  [2, 2],
  ['25%', 1],
  [9, 3],
])('of all that is done to nodes %s may be down, of the drain three: that is %s', (ofCluster, allowed) => {
  const world = { nodes: ['a', 'b', 'c', 'd'].map((name) => node(name)) };
  expect(lookWhole(world, {}, { maxUnavailable: 3, ofCluster }).ledger.allowed).toBe(allowed);
});
