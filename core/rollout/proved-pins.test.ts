import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import { begin, both, cluster, later, NOW } from '../../test/material/rollout/replanned-fleet.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { FleetSnapshot } from './snapshot.ts';

const moves = (changes: ReturnType<typeof later>) => changes?.members.map(({ next }) => next?.to);

const group = (amiType: string, releaseVersion = '1.36.2-20261001') => ({
  nodegroups: [{ name: 'workers', version: '1.36', status: 'ACTIVE', amiType, releaseVersion, issues: [] }],
});
const al2023 = group('AL2023_x86_64_STANDARD');
const own = [cluster('d', 'dev', al2023), cluster('p', 'prod', al2023)];
const patched = (clusters: readonly ClusterRecord[], versions: string[], release: string): FleetSnapshot => {
  const policies = { p: { selector: {}, target: 'latest', waves: both, patch: { nodes: {} } } };
  const images = ['AL2023_x86_64_STANDARD', 'AL2023_ARM_64_STANDARD'].map((amiType) => ({
    ...{ version: '1.36', amiType, releases: [{ release, publishedAt: '2026-11-10T00:00:00Z' }] },
  }));
  const region = clusters[0]?.region ?? '';
  return {
    ...fleetSnapshot({ clusters, policies, versions }),
    images: new Map([[region, { region, images, checkedAt: NOW.toISOString() }]]),
  };
};
const [first, second] = ['1.36.2-20261105', '1.36.2-20261112'];
const begun = begin(patched(own, ['1.36'], first), ['Open']);

test('later waves keep them, also where another minor becomes the target', () => {
  expect(later(patched(own, ['1.36', '1.37'], second), begun)).toBeUndefined();
  // While nothing has begun, the hop itself brings the newest images.
  const moved = later(patched(own, ['1.36', '1.37'], second), begin(patched(own, ['1.36'], first)));
  expect(moves(moved)).toEqual(['1.37', '1.37']);
});

test('who joins gets the newest of them for its type, never one that it has, and else is left to the next rollout', () => {
  const joining = [
    cluster('late', 'prod', al2023),
    cluster('other', 'prod', group('AL2023_ARM_64_STANDARD')),
    cluster('there', 'prod', group('AL2023_x86_64_STANDARD', first)),
  ];
  const changes = later(patched([...own, ...joining], ['1.36'], second), begun);
  const joined = changes?.members.flatMap(({ next }) => (next === undefined ? [] : [[next.name, next.releases]]));
  expect(joined).toEqual([
    ['late', { workers: first }],
    ['p', { workers: first }],
  ]);
});

test('while no wave has begun everybody gets the newest, whoever was planned before', () => {
  const late = cluster('late', 'prod', al2023);
  const changes = later(patched([...own, late], ['1.36'], second), begin(patched(own, ['1.36'], first)));
  const gets = changes?.members.flatMap(({ next }) => (next === undefined ? [] : [[next.name, next.releases]]));
  expect(gets).toEqual(['d', 'late', 'p'].map((name) => [name, { workers: second }]));
});

const bottlerocket = group('BOTTLEROCKET_x86_64', '1.55.0-aaaaaaaa');
/** The same with releases of Bottlerocket for the next minor, which have names like those of this one. */
const hopping = (clusters: readonly ClusterRecord[], minors: Record<string, string>): FleetSnapshot => {
  const snapshot = patched(clusters, [...new Set(['1.36', ...Object.keys(minors)])], first);
  const [region = '', known] = [...(snapshot.images ?? [])][0] ?? [];
  const images = Object.entries(minors).flatMap(([version, release]) =>
    ['BOTTLEROCKET_x86_64', 'BOTTLEROCKET_ARM_64'].map((amiType) => ({
      ...{ version, amiType, releases: [{ release, publishedAt: '2026-11-10T00:00:00Z' }] },
    })),
  );
  return known === undefined ? snapshot : { ...snapshot, images: new Map([[region, { ...known, images }]]) };
};
const pinsIn = (changes: ReturnType<typeof later>) =>
  changes?.members.flatMap(({ next }) => (next === undefined ? [] : [[next.name, next.to, next.releases]]));
const ofBottlerocket = [cluster('d', 'dev', bottlerocket), cluster('p', 'prod', bottlerocket)];

test('who joins a hop gets what it was planned with, also where its own release has the same name, and else the newest', () => {
  const begun = begin(hopping(ofBottlerocket, { '1.37': '1.55.0-bbbbbbbb' }), ['Open']);
  const joining = [
    cluster('late', 'prod', bottlerocket),
    cluster('other', 'prod', group('BOTTLEROCKET_ARM_64', '1.55.0-aaaaaaaa')),
  ];
  const changes = later(hopping([...ofBottlerocket, ...joining], { '1.37': '1.56.0-cccccccc' }), begun);
  expect(pinsIn(changes)).toEqual([
    ['late', '1.37', { workers: '1.55.0-bbbbbbbb' }],
    ['other', '1.37', { workers: '1.56.0-cccccccc' }],
    ['p', '1.37', { workers: '1.55.0-bbbbbbbb' }],
  ]);
});

test.each<[string, Record<string, string>, readonly unknown[] | undefined]>([
  ['keeps its release when a newer one comes', { '1.37': '1.55.0-bbbbbbbb' }, undefined],
  [
    'gets one where it had none',
    {},
    [
      ['d', '1.37', { workers: '1.56.0-cccccccc' }],
      ['p', '1.37', { workers: '1.56.0-cccccccc' }],
    ],
  ],
])('a hop that has not begun %s', (_, minors, expected) => {
  const before = { ...hopping(ofBottlerocket, minors), regions: hopping(ofBottlerocket, { '1.37': '' }).regions };
  expect(pinsIn(later(hopping(ofBottlerocket, { '1.37': '1.56.0-cccccccc' }), begin(before)))).toEqual(expected);
});

test('a hop that is planned for another minor is planned with another release', () => {
  const older = ofBottlerocket.map((one) => ({ ...one, version: '1.35' }));
  const begun = begin(hopping(older, { '1.36': '1.55.0-bbbbbbbb' }));
  const changes = later(hopping(older, { '1.36': '1.55.0-bbbbbbbb', '1.37': '1.56.0-cccccccc' }), begun);
  expect(pinsIn(changes)).toEqual([
    ['d', '1.37', { workers: '1.56.0-cccccccc' }],
    ['p', '1.37', { workers: '1.56.0-cccccccc' }],
  ]);
});

test('the same holds for versions of add-ons', () => {
  const withNewer = (newest: string) => ({
    addons: [
      {
        ...{ name: 'dns', version: 'v1.0.0', status: 'ACTIVE', issues: [], compatible: true },
        newer: [{ version: newest, seenOn: '2026-11-01' }],
      },
    ],
  });
  const asked = (newest: string, ...names: string[]) => {
    const stages = names.map((name) => cluster(name, name === 'd' ? 'dev' : 'prod', withNewer(newest)));
    const policies = { p: { selector: {}, target: 'latest', waves: both, patch: { addons: {} } } };
    return fleetSnapshot({ clusters: stages, policies, versions: ['1.36'] });
  };
  const changes = later(asked('v1.2.0', 'd', 'p', 'late'), begin(asked('v1.1.0', 'd', 'p'), ['Open']));
  const joined = changes?.members.flatMap(({ next }) => (next === undefined ? [] : [[next.name, next.addons]]));
  expect(joined).toEqual([
    ['late', { dns: 'v1.1.0' }],
    ['p', { dns: 'v1.1.0' }],
  ]);
});
