import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import {
  type Begun,
  begin,
  both,
  cluster,
  dev,
  fleet,
  later,
  NOW,
  prod,
  wave,
} from '../../test/material/rollout/replanned-fleet.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member } from '../contracts/items/rollout.ts';
import { replanOf } from './replan.ts';
import type { FleetSnapshot } from './snapshot.ts';

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
  // A member that was told so is not told again by the next plan, which changes nothing.
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
  const nodegroups = [{ name: 'workers', version: '1.36', status: 'ACTIVE', issues: [] }];
  const changes = later(fleet([dev, cluster('p', 'prod', { version: '1.37', nodegroups })], both), begun);
  expect(changes?.members ?? []).toEqual([]);
});

test('a cluster that somebody has brought to the target with all that follows leaves a wave that has not begun', () => {
  const begun = begin(fleet([dev, prod], both));
  const whole = later(fleet([dev, cluster('p', 'prod', { version: '1.37' })], both), begun);
  expect(moves(whole)).toEqual([['p', 1, undefined, undefined]]);
});

const said = (changes: ReturnType<typeof later>) => changes?.reasons.map(({ code, message }) => `${code}: ${message}`);
const older = ['d', 'p'].map((name) => cluster(name, name === 'd' ? 'dev' : 'prod', { version: '1.35' }));
const seven = Array.from({ length: 7 }, (_, index) => cluster(`p${index}`, 'prod'));
const paused = { 'liftlock/paused': 'true' };

describe('what has changed is told', () => {
  const swapped = ({ members, ...begun }: Begun): Begun => ({
    ...begun,
    members: members.map((member) => ({ ...member, position: 3 - member.position })),
  });
  const two = [cluster('a', 'prod'), cluster('b', 'prod')];
  test.each<[string, Begun, FleetSnapshot, readonly string[]]>([
    [
      'of another policy',
      begin(fleet([dev, prod], both)),
      fleet([dev, prod], [wave('dev'), wave('prod', { soak: '2h' })]),
      ['PolicyChanged: The policy p has changed.'],
    ],
    [
      'of another target',
      begin(fleet(older, both, ['1.35', '1.36'])),
      fleet(older, both, ['1.35', '1.36', '1.37']),
      ['TargetChanged: The target is 1.37 instead of 1.36.', 'ClustersMoved: 2 moved: d, p.'],
    ],
    [
      'of who has joined',
      begin(fleet([dev], both)),
      fleet([dev, ...seven], both),
      ['ClustersJoined: 7 joined: p0, p1, p2, p3, p4 and others.'],
    ],
    [
      'of who has another wave',
      begin(fleet([dev, prod], both)),
      fleet([dev, cluster('p', 'dev')], both),
      ['ClustersMoved: 1 moved: p.'],
    ],
    [
      'of who is kept out',
      begin(fleet([dev, prod], both)),
      fleet([dev, cluster('p', 'prod', { tags: paused })], both),
      ['ClustersKeptOut: 1 kept out: p.'],
    ],
    [
      'of who is let in again',
      begin(fleet([dev, cluster('p', 'prod', { tags: paused })], both)),
      fleet([dev, prod], both),
      ['ClustersLetIn: 1 let in again: p.'],
    ],
    [
      'of who has left',
      begin(fleet([dev, prod], both)),
      fleet([dev, cluster('p', 'lab')], both),
      ['ClustersLeft: 1 left: no wave that has still to begin takes them now.'],
    ],
    [
      'of another order',
      swapped(begin(fleet(two, both))),
      fleet(two, both),
      ['PlanRefreshed: Positions or what is known of the clusters changed.'],
    ],
  ])('%s', (_, begun, snapshot, reasons) => {
    expect(said(later(snapshot, begun))).toEqual(reasons);
  });
});

describe('no plan is made anew', () => {
  const begun = begin(fleet([dev, prod], both), ['Open']);
  const joined = fleet([dev, prod, cluster('p2', 'prod')], both);
  const all = begin(fleet([dev, prod], both), ['Completed', 'Open']);
  const third = fleet([dev, prod, cluster('lab', 'lab')], [...both, wave('lab')]);
  test.each<[string, FleetSnapshot, Begun]>([
    ['without the Fleet', { ...joined, fleet: undefined }, begun],
    ['without its policy', { ...joined, policies: new Map() }, begun],
    ['once all of its waves have begun', third, all],
  ])('%s', (_, snapshot, given) => {
    expect(later(snapshot, given)).toBeUndefined();
  });

  test('without the history', () => {
    expect(replanOf({ ...joined, rollouts: [begun.rollout] }, begun.rollout, NOW)).toBeUndefined();
  });
});

test('the policy alone may be another one: then its revision is in force, and the waves that have changed', () => {
  const begun = begin(fleet([dev, prod], both), ['Open']);
  const changed = later(fleet([dev, prod], [wave('dev'), wave('prod', { maxConcurrency: 2 })]), begun);
  expect(changed).toMatchObject({ target: '1.37', waves: ['dev', 'prod'], members: [] });
  expect(changed?.policyRevision).not.toBe(begun.rollout.policyRevision);
  const same = later(fleet([dev, prod], both), { ...begun, rollout: { ...begun.rollout, policyRevision: 'old' } });
  expect(same).toMatchObject({ changedWaves: [], members: [], reasons: [{ code: 'PolicyChanged' }] });
});

test('waves and members of other rollouts, and the order in which they were read, change nothing', () => {
  const snapshot = fleet([dev, prod], both);
  const begun = begin(snapshot);
  const other = begin(fleet([dev, prod, cluster('p2', 'prod')], [...both, wave('lab')]), ['Open', 'Open', 'Open']);
  const foreign = { rolloutId: 'another' };
  expect(
    later(snapshot, {
      ...begun,
      waves: [...other.waves.map((one) => ({ ...one, ...foreign })), ...begun.waves.toReversed()],
      members: [...other.members.map((one) => ({ ...one, ...foreign })), ...begun.members],
    }),
  ).toBeUndefined();
});

test('a wave that the policy has given up is emptied, and keeps its place', () => {
  const begun = begin(fleet([dev, prod, cluster('x', 'prod', { tags: paused })], both));
  const changes = later(fleet([dev, prod], [wave('dev')]), begun);
  expect(changes?.waves).toEqual(['dev', 'prod']);
  expect(changes?.changedWaves.find(({ next }) => next?.index === 1)?.next).toEqual({
    ...begun.waves[1],
    // It cannot be approved, and earlier votes are void.
    planHash: undefined,
    ...{ members: 0, needWork: 0, succeeded: 0, failed: 0, blocked: 0, excluded: 0, quarantined: 0 },
  });
});

test.each<[string, string, readonly string[], readonly string[]]>([
  ['a rollout that began by itself takes in whoever had no try', 'liftlock', [], ['p2']],
  ['and nobody who had one', 'liftlock', ['p/1.37/'], []],
  ['nor forgets its own for it', 'liftlock', ['p/1.37/', 'own'], []],
  ['one that a person began takes in everybody', 'a person', ['p/1.37/'], ['p2']],
])('%s', (_, createdBy, tries, joined) => {
  const begun = begin(fleet([dev, prod], both), ['Open']);
  const late = cluster('p2', 'prod');
  const served = tries.map((one) => (one === 'own' ? `p/1.37/${prod.clusterKey}` : `${one}${late.clusterKey}`));
  const changes = later(fleet([dev, prod, late], both), { ...begun, rollout: { ...begun.rollout, createdBy } }, served);
  expect(
    moves(changes)
      ?.filter(([, before]) => before === undefined)
      .map(([name]) => name) ?? [],
  ).toEqual(joined);
  expect(moves(changes)?.filter(([, , next]) => next === undefined) ?? []).toEqual([]);
});

describe('what a member has lived through stays with it', () => {
  const reason = (code: 'NewFailure' | 'Excluded' | 'Suspect') => ({ code: code as never, message: code });
  /** The next state of the cluster p in a wave that has not begun, and whether it has moved. */
  const after = (member: Partial<Member>, now: ClusterRecord, waves: readonly object[] = both) => {
    const begun = begin(fleet([dev, prod], both));
    const members = begun.members.map((one) => (one.name === 'p' ? { ...one, ...member } : one));
    const changes = later(fleet([dev, now, cluster('q', 'prod')], waves), { ...begun, members });
    const change = changes?.members.findLast(({ before, next }) => (next ?? before)?.name === 'p');
    return change === undefined ? 'as it was' : (change.next ?? 'left');
  };
  const moved = cluster('p', 'dev');
  const excluded = cluster('p', 'prod', { tags: paused });

  test.each<[string, Partial<Member>, ClusterRecord, unknown]>([
    ['one that waits moves', {}, moved, { waveIndex: 0, position: 2, status: 'Pending' }],
    ['one that waits is taken out by its tag', {}, excluded, { status: 'Excluded', reasons: [{ code: 'Excluded' }] }],
    [
      'one that its tag had taken out waits once the tag is gone',
      { status: 'Excluded', reasons: [reason('Excluded')] },
      prod,
      { status: 'Pending', reasons: [] },
    ],
    [
      'one that is set aside stays so',
      { status: 'Quarantined', reasons: [reason('Suspect')] },
      moved,
      { waveIndex: 0, status: 'Quarantined', reasons: [{ code: 'Suspect' }] },
    ],
    [
      'one that is set aside is taken out by its tag',
      { status: 'Quarantined', reasons: [reason('Suspect')] },
      excluded,
      { status: 'Excluded', reasons: [{ code: 'Excluded' }] },
    ],
    [
      'one that a person has skipped moves, and stays out',
      { status: 'Excluded', reasons: [{ code: 'Skipped', message: '' }] },
      moved,
      { waveIndex: 0, position: 2, status: 'Excluded', reasons: [{ code: 'Skipped' }] },
    ],
    ['one that has succeeded stays, and goes last', { status: 'Succeeded' }, moved, { waveIndex: 1, position: 2 }],
    [
      'one that is parked stays, and goes last',
      { status: 'Parked', reasons: [reason('NewFailure')] },
      moved,
      { waveIndex: 1, position: 2, status: 'Parked', reasons: [reason('NewFailure')] },
    ],
    ['one that waits leaves when nothing selects it', {}, cluster('p', 'lab'), 'left'],
    ['one that was taken out leaves too', { status: 'Excluded' }, cluster('p', 'lab'), 'left'],
    ['one that is set aside leaves too', { status: 'Quarantined' }, cluster('p', 'lab'), 'left'],
    [
      'one that has failed is not forgotten, and goes last',
      { status: 'Failed' },
      cluster('p', 'lab'),
      { waveIndex: 1, status: 'Failed', position: 2 },
    ],
  ])('%s', (_, member, now, expected) => {
    const found = after(member, now);
    if (typeof expected === 'string') expect(found).toBe(expected);
    else expect(found).toMatchObject(expected as object);
  });

  test('those that nothing selects any more go last, one after the other', () => {
    const begun = begin(fleet([dev, ...seven.slice(0, 3)], both));
    const members = begun.members.map((one) =>
      one.name === 'd' || one.name === 'p2' ? one : { ...one, status: 'Failed' as const },
    );
    const gone = [cluster('p0', 'lab'), cluster('p1', 'lab'), cluster('p2', 'prod'), cluster('q', 'prod')];
    const changes = later(fleet([dev, ...gone], both), { ...begun, members });
    expect(changes?.members.flatMap(({ next }) => (next === undefined ? [] : [[next.name, next.position]]))).toEqual([
      ['p2', 1],
      ['q', 2],
      ['p0', 3],
      ['p1', 4],
    ]);
  });
});

test('what was said of a wave, and its plan, stay with it when it changes', () => {
  const begun = begin(fleet([dev, prod], both), ['Open']);
  const words = {
    plan: 3,
    approvals: [{ by: 'ann', at: NOW.toISOString(), planHash: 'x' }] as never,
    conditions: [{ type: 'Approved', status: 'True' }] as never,
  };
  const waves = begun.waves.map((one) => (one.index === 1 ? { ...one, ...words } : one));
  const grown = fleet([dev, prod, cluster('p2', 'prod')], both);
  expect(later(grown, { ...begun, waves })?.changedWaves).toMatchObject([
    { next: { index: 1, members: 2, ...words, approvals: [{ planHash: 'x', isVoid: true }] } },
  ]);
  const [plain] = later(grown, begun)?.changedWaves ?? [];
  expect(Object.keys(plain?.next ?? {})).not.toEqual(expect.arrayContaining(['plan']));
  for (const key of ['plan', 'approvals', 'conditions']) expect(plain?.next).not.toHaveProperty(key);
});

test('the target is that of whoever is upgraded: who is taken out does not count', () => {
  const newer = fleet(
    older.map((one) => ({ ...one, tags: paused })),
    both,
    ['1.35', '1.36', '1.37'],
  );
  expect(later(newer, begin(fleet(older, both, ['1.35', '1.36'])))?.target).toBe('1.36');
  const half = fleet([{ ...dev, version: '1.35', tags: paused }, ...older.slice(1)], both, ['1.35', '1.36', '1.37']);
  expect(later(half, begin(fleet(older, both, ['1.35', '1.36'])))?.target).toBe('1.37');
});

test.each<[string, Partial<ClusterRecord>]>([
  ['could not be read', { unreadable: [{ part: 'node groups', code: 'Unreadable', message: 'no' }] }],
  ['are at work', { nodegroups: [{ name: 'workers', version: '1.37', status: 'UPDATING', issues: [] }] }],
  ['run an image of its policy', { nodegroups: [{ name: 'own', amiType: 'CUSTOM', status: 'ACTIVE', issues: [] }] }],
])('a cluster that somebody has brought to the target keeps its place where nodes %s', (_, parts) => {
  const own = {
    nodes: { images: [{ nodegroups: ['own'], table: { '1.37': { 'eu-central-1': 'ami-0123456789abcdef0' } } }] },
  };
  const policies = { p: { selector: {}, target: 'latest', waves: both, ...own } };
  const of = (clusters: readonly ClusterRecord[]) => fleetSnapshot({ clusters, policies, versions: ['1.36', '1.37'] });
  const changes = later(of([dev, cluster('p', 'prod', { version: '1.37', ...parts })]), begin(of([dev, prod])));
  expect(changes?.members ?? []).toEqual([]);
});
