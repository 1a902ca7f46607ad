import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { clusterRecord } from '../policy/testing/cluster-record.ts';
import { planRollout } from './plan-rollout.ts';
import { replanOf } from './replan.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { fleetSnapshot } from './testing/fleet-snapshot.ts';

const NOW = new Date('2026-11-20T12:00:00Z');

const cluster = (name: string, stage: string, more: Partial<ClusterRecord> = {}): ClusterRecord =>
  clusterRecord({ name, version: '1.36', labels: { stage }, ...more });
const wave = (name: string, more: object = {}) => ({ name, selector: { matchLabels: { stage: name } }, ...more });
const fleet = (
  clusters: readonly ClusterRecord[],
  waves: readonly object[],
  versions = ['1.36', '1.37'],
): FleetSnapshot => fleetSnapshot({ clusters, policies: { p: { selector: {}, target: 'latest', waves } }, versions });

interface Begun {
  readonly rollout: Rollout;
  readonly waves: readonly Wave[];
  readonly members: readonly Member[];
}

function begin(snapshot: FleetSnapshot, statuses: readonly Wave['status'][] = []): Begun {
  const plan = planRollout(snapshot, 'p', { now: NOW, createdBy: 'a person' });
  if (plan === undefined) throw new Error('nothing to do');
  const waves = plan.waves.map((one, index) => ({ ...one, status: statuses[index] ?? one.status }));
  return { ...plan, waves };
}

function later(snapshot: FleetSnapshot, { rollout, waves, members }: Begun) {
  const history = { rollouts: [rollout], waves, members, findings: new Map(), served: new Set<string>(), accounts: [] };
  return replanOf({ ...snapshot, rollouts: [rollout], waves, members, history }, rollout, NOW);
}

const dev = cluster('d', 'dev');
const prod = cluster('p', 'prod');
const both = [wave('dev'), wave('prod')];
const moves = (changes: ReturnType<typeof later>) =>
  changes?.members.map(({ before, next }) => [(next ?? before)?.name, before?.waveIndex, next?.waveIndex, next?.to]);

test('nothing changed is nothing to do', () => {
  const snapshot = fleet([dev, prod], both);
  expect(later(snapshot, begin(snapshot))).toBeUndefined();
});

test('a cluster that appears joins a wave that has not begun, and none that has', () => {
  const begun = begin(fleet([dev, prod], both), ['Open']);
  const changes = later(fleet([dev, prod, cluster('d2', 'dev'), cluster('p2', 'prod')], both), begun);
  expect(moves(changes)).toEqual([
    ['d2', undefined, 1, '1.37'],
    ['p', 1, 1, '1.37'],
    ['p2', undefined, 1, '1.37'],
  ]);
  expect(changes?.reasons.map(({ code }) => code)).toContain('ClustersJoined');
});

test('a cluster whose wave has begun goes with the next one that has not, and this is said of it and of the plan', () => {
  const begun = begin(fleet([dev, prod], both), ['Open']);
  const more = fleet([dev, prod, cluster('d2', 'dev'), cluster('p2', 'prod')], both);
  const changes = later(more, begun);
  const told = { code: 'LaterWave', message: expect.stringContaining('wave dev has begun') as string };
  expect(changes?.members.map(({ next }) => [next?.name, next?.reasons])).toEqual([
    ['d2', [told]],
    ['p', []],
    ['p2', []],
  ]);
  expect(changes?.reasons).toContainEqual({
    code: 'LaterWave',
    message: '1 put into the wave prod, since the wave that matches has begun: d2.',
  });
  // Who was told so is not told again by the next plan, which finds nothing to change.
  const members = changes?.members.flatMap(({ next }) => next ?? []) ?? [];
  const waves = begun.waves.map(
    (one) => changes?.changedWaves.find(({ next }) => next?.index === one.index)?.next ?? one,
  );
  const kept = begun.members.filter(({ waveIndex }) => waveIndex === 0);
  expect(later(more, { ...begun, waves, members: [...kept, ...members] })).toBeUndefined();
  const third = later(fleet([...more.clusters.values(), cluster('p3', 'prod')], both), {
    ...begun,
    waves,
    members: [...kept, ...members],
  });
  expect(third?.reasons.map(({ code }) => code)).toEqual(['ClustersJoined']);
});

test('a member that another label puts into a wave that has begun is told that it goes later', () => {
  const begun = begin(fleet([dev, prod, cluster('x', 'prod')], both), ['Open']);
  const changes = later(fleet([dev, prod, cluster('x', 'dev')], both), begun);
  expect(changes?.reasons.map(({ code }) => code)).toContain('LaterWave');
});

test('a newer version moves the target while no wave has begun, and is left to the next rollout afterwards', () => {
  const before = fleet([dev, prod], both);
  const news = fleet([dev, prod], both, ['1.36', '1.37', '1.38']);
  expect(later(news, begin(before))).toBeUndefined();
  const older = fleet([cluster('d', 'dev', { version: '1.35' }), cluster('p', 'prod', { version: '1.35' })], both, [
    '1.35',
    '1.36',
  ]);
  const newer = fleet([...older.clusters.values()], both, ['1.35', '1.36', '1.37']);
  expect(moves(later(newer, begin(older)))?.map(([, , , to]) => to)).toEqual(['1.37', '1.37']);
  expect(later(newer, begin(older, ['Open']))).toBeUndefined();
});

test('another policy moves only what has not begun, and changes the hash of what changed', () => {
  const begun = begin(fleet([dev, prod], both), ['Open']);
  const changed = later(fleet([dev, prod], [wave('dev', { soak: '1h' }), wave('early'), wave('prod')]), begun);
  expect(changed?.waves).toEqual(['dev', 'early', 'prod']);
  expect(moves(changed)).toEqual([
    ['p', 1, undefined, undefined],
    ['p', undefined, 2, '1.37'],
  ]);
  expect(changed?.changedWaves.map(({ next }) => [next?.index, next?.name, next?.members])).toEqual([
    [1, 'early', 0],
    [2, 'prod', 1],
  ]);
});

test('what nobody selects any more leaves; what a person has skipped stays out', () => {
  const begun = begin(fleet([dev, prod], both));
  const left = later(fleet([dev, cluster('p', 'lab')], both), begun);
  expect(moves(left)).toEqual([['p', 1, undefined, undefined]]);
  const skipped = begun.members.map(
    (member): Member =>
      member.name === 'p' ? { ...member, status: 'Excluded', reasons: [{ code: 'Skipped', message: '' }] } : member,
  );
  const waves = begun.waves.map((one) => (one.index === 1 ? { ...one, excluded: 1, needWork: 0 } : one));
  const changes = later(fleet([dev, prod], both), { ...begun, members: skipped, waves });
  expect(changes?.members ?? []).toEqual([]);
});

test('a cluster that somebody else has brought to the target keeps its place: its nodes are still to follow', () => {
  const begun = begin(fleet([dev, prod], both));
  const changes = later(fleet([dev, cluster('p', 'prod', { version: '1.37' })], both), begun);
  expect(changes?.members ?? []).toEqual([]);
});
