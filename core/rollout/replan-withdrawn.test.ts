import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import { begin, both, cluster, later } from '../../test/material/rollout/replanned-fleet.ts';
import type { ClusterRecord, ImageReleases } from '../contracts/items/cluster.ts';
import type { Member } from '../contracts/items/rollout.ts';

const [AL2023, BOTTLEROCKET] = ['AL2023_x86_64_STANDARD', 'BOTTLEROCKET_x86_64'];
const group = (name: string, amiType: string, version = '1.36') => ({
  ...{ name, version, status: 'ACTIVE', amiType, issues: [] },
  releaseVersion: amiType === AL2023 ? '1.36.1-20261001' : '1.50.0-aaaaaaaa',
});
/** The releases of one minor, newest first. */
const known = (version: string, linux: string[], bottlerocket: string[]) => ({
  images: new Map<string, ImageReleases>([
    [
      'eu-central-1',
      {
        ...{ region: 'eu-central-1', checkedAt: '2026-11-20T11:00:00.000Z' },
        images: [
          { version, amiType: AL2023, releases: published(linux) },
          { version, amiType: BOTTLEROCKET, releases: published(bottlerocket) },
        ],
      },
    ],
  ]),
});
const published = (releases: string[]) =>
  releases.map((release) => ({ release, publishedAt: '2026-11-10T00:00:00.000Z' }));

const policy = { patch: { nodes: {}, addons: {} } };
const addon = (wants: string) => ({
  ...{ name: 'coredns', version: 'v1.1.0', status: 'ACTIVE', issues: [] },
  newer: [{ version: wants, seenOn: '2026-11-01' }],
});

/** A fleet whose policy chooses images and add-ons. */
const patched = (clusters: readonly ClusterRecord[], images: object, versions = ['1.36', '1.37']) => ({
  ...fleetSnapshot({ clusters, policies: { p: { ...policy, selector: {}, target: 'latest', waves: both } }, versions }),
  ...images,
});
const finishing = (clusters: readonly ClusterRecord[]) =>
  fleetSnapshot({
    ...{ clusters, versions: ['1.35', '1.36'] },
    policies: { p: { ...policy, finish: 'always', selector: {}, target: 'latest', waves: both } },
  });
const pinsOf = (members: readonly (Member | undefined)[]) =>
  members.flatMap((one) => (one?.name === 'p' ? [[one.releases, one.addons]] : []));

const hopping = (stage: string, b: string) =>
  cluster(stage[0] ?? '', stage, { nodegroups: [group('a', AL2023), group('b', b)] });
const HOP = known('1.37', ['1.37.1-20261112'], ['1.55.0-d93bb1b1']);

test('only the groups whose release was withdrawn get that of the new plan', () => {
  const fleetWith = (images: object) => patched([hopping('dev', BOTTLEROCKET), hopping('prod', BOTTLEROCKET)], images);
  const begun = begin(fleetWith(HOP), ['Open']);
  expect(pinsOf(begun.members)).toEqual([[{ a: '1.37.1-20261112', b: '1.55.0-d93bb1b1' }, undefined]]);
  const another = known('1.37', ['1.37.1-20261119', '1.37.1-20261105'], ['1.56.0-eeeeeeee', '1.55.0-d93bb1b1']);
  const changes = later(fleetWith(another), begun);
  expect(pinsOf(changes?.members.map(({ next }) => next) ?? [])).toEqual([
    [{ a: '1.37.1-20261119', b: '1.55.0-d93bb1b1' }, undefined],
  ]);
});

test('who joins gets no release that AWS has withdrawn, but the newest in a hop', () => {
  const one = (name: string, stage: string) => cluster(name, stage, { nodegroups: [group('a', AL2023)] });
  const own = [one('d', 'dev'), one('p', 'prod')];
  const begun = begin(patched(own, HOP), ['Open']);
  const another = known('1.37', ['1.37.1-20261119', '1.37.1-20261105'], []);
  const changes = later(patched([...own, one('late', 'prod')], another), begun);
  expect(changes?.members.map(({ next }) => [next?.name, next?.releases])).toEqual([
    ['late', { a: '1.37.1-20261119' }],
    ['p', { a: '1.37.1-20261119' }],
  ]);
});

test('a group that was made anew with images of another kind says nothing of the pins', () => {
  const begun = begin(patched([hopping('dev', BOTTLEROCKET), hopping('prod', BOTTLEROCKET)], HOP), ['Open']);
  const anew = patched([hopping('dev', BOTTLEROCKET), hopping('prod', AL2023)], HOP);
  expect(later(anew, begun)).toBeUndefined();
});

test('inside their minor add-ons stay as the first wave has proved them, though a release was withdrawn', () => {
  const within = known('1.36', ['1.36.2-20261112'], ['1.55.0-d93bb1b1']);
  const at = (stage: string, wants: string) =>
    cluster(stage[0] ?? '', stage, {
      ...{ nodegroups: [group('a', AL2023), group('b', BOTTLEROCKET)], addons: [addon(wants)] },
    });
  const fleetWith = (images: object, wants: string) =>
    patched([at('dev', wants), at('prod', wants)], images, ['1.35', '1.36']);
  const begun = begin(fleetWith(within, 'v1.1.1'), ['Open']);
  expect(pinsOf(begun.members)).toEqual([[{ a: '1.36.2-20261112', b: '1.55.0-d93bb1b1' }, { coredns: 'v1.1.1' }]]);
  const withdrawn = known('1.36', ['1.36.1-20261001'], ['1.56.0-eeeeeeee', '1.55.0-d93bb1b1']);
  const changes = later(fleetWith(withdrawn, 'v1.1.2'), begun);
  expect(pinsOf(changes?.members.map(({ next }) => next) ?? [])).toEqual([
    [{ b: '1.55.0-d93bb1b1' }, { coredns: 'v1.1.1' }],
  ]);
});

test('who has nothing left of what the first wave has proved is left to the next rollout, whatever else is newer by then', () => {
  const within = known('1.36', ['1.36.2-20261112'], []);
  const at = (stage: string, addons: readonly ReturnType<typeof addon>[]) =>
    cluster(stage[0] ?? '', stage, { nodegroups: [group('a', AL2023)], addons: [...addons] });
  const fleetWith = (images: object, ...addons: readonly ReturnType<typeof addon>[]) =>
    patched([at('dev', addons), at('prod', addons)], images, ['1.35', '1.36']);
  const begun = begin(fleetWith(within), ['Open']);
  expect(pinsOf(begun.members)).toEqual([[{ a: '1.36.2-20261112' }, undefined]]);
  const withdrawn = known('1.36', ['1.36.1-20261001'], []);
  const changes = later(fleetWith(withdrawn, addon('v1.1.2')), begun);
  expect(changes?.members.map(({ before, next }) => [before?.name, next])).toEqual([['p', undefined]]);
});

test('who has a part behind stays to be finished, though nothing is left of what it had pinned', () => {
  const within = known('1.36', ['1.36.2-20261112'], []);
  const at = (stage: string) =>
    cluster(stage[0] ?? '', stage, { nodegroups: [group('a', AL2023), group('b', BOTTLEROCKET, '1.35')] });
  const fleetWith = (images: object) => ({
    ...finishing([at('dev'), at('prod')]),
    ...images,
  });
  const begun = begin(fleetWith(within), ['Open']);
  expect(begun.members.map(({ name, from, to, releases }) => [name, from, to, releases])).toContainEqual([
    ...['p', '1.36', '1.36', { a: '1.36.2-20261112' }],
  ]);
  const changes = later(fleetWith(known('1.36', ['1.36.1-20261001'], [])), begun);
  expect(changes?.members.map(({ next }) => [next?.name, next?.releases])).toEqual([['p', undefined]]);
});
