import type { ImageReleases } from '../../contracts/items/cluster.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import {
  imageLagsOf,
  imagesReason,
  imagesUnknown,
  isOffered,
  newerSince,
  oldestImage,
  pinnedReleases,
  releasesFor,
} from './image-lag.ts';

const NOW = new Date('2026-11-20T00:00:00Z');
const release = (name: string, day: string) => ({ release: name, publishedAt: `${day}T00:00:00.000Z` });
const images: ImageReleases = {
  region: 'eu-central-1',
  checkedAt: NOW.toISOString(),
  images: [
    {
      ...{ version: '1.36', amiType: 'AL2023_x86_64_STANDARD' },
      releases: [release('1.36.2-20261118', '2026-11-19'), release('1.36.2-20261105', '2026-11-06')],
    },
    {
      ...{ version: '1.36', amiType: 'BOTTLEROCKET_x86_64' },
      releases: [release('1.55.0-d93bb1b1', '2026-11-10'), release('1.54.0-aaaaaaaa', '2026-10-10')],
    },
  ],
};
const group = (releaseVersion: string | undefined, more: object = {}) => ({
  ...{ name: 'a', version: '1.36', status: 'ACTIVE', amiType: 'AL2023_x86_64_STANDARD', issues: [] },
  ...{ releaseVersion, ...more },
});
const bottlerocket = (releaseVersion: string) => group(releaseVersion, { amiType: 'BOTTLEROCKET_x86_64' });
const wants = (one: ReturnType<typeof group>, nodes: object = {}, known: ImageReleases | undefined = images) =>
  imageLagsOf({ version: '1.36', nodegroups: [one] }, { patch: { nodes } }, known, NOW)[0]?.wants;

test.each<[string, ReturnType<typeof group>, object, string | undefined]>([
  ['goes to the newest', group('1.36.2-20261001'), {}, '1.36.2-20261118'],
  ['goes to the newest that is old enough', group('1.36.2-20261001'), { minAge: '2d' }, '1.36.2-20261105'],
  ['waits while none is old enough', group('1.36.2-20261001'), { minAge: '15d' }, undefined],
  ['takes one at the very age', group('1.36.2-20261001'), { minAge: '14d' }, '1.36.2-20261105'],
  ['never goes back', group('1.36.2-20261112'), { minAge: '2d' }, undefined],
  ['is there', group('1.36.2-20261118'), {}, undefined],
  ['is no older than it may be', group('1.36.2-20261105'), { maxAge: '15d' }, undefined],
  ['is as old as it may be', group('1.36.2-20261105'), { maxAge: '14d' }, '1.36.2-20261118'],
  ['was made long before anybody looked', group('1.36.2-20260101'), { maxAge: '300d' }, '1.36.2-20261118'],
  ['has another minor', group('1.36.2-20261001', { version: '1.35' }), {}, undefined],
  ['has an AMI of its own', group('ami-1', { amiType: 'CUSTOM' }), {}, undefined],
  [
    'has an image that nobody publishes',
    group('1.36-2026.10.01', { amiType: 'WINDOWS_CORE_2022_x86_64' }),
    {},
    undefined,
  ],
  ['tells no release', group(undefined), {}, undefined],
  ['runs Bottlerocket', bottlerocket('1.54.0-aaaaaaaa'), { maxAge: '30d' }, '1.55.0-d93bb1b1'],
  [
    'runs Bottlerocket of which nobody knows the age',
    bottlerocket('1.20.0-bbbbbbbb'),
    { maxAge: '300d' },
    '1.55.0-d93bb1b1',
  ],
  ['runs a Bottlerocket that is young enough', bottlerocket('1.54.0-aaaaaaaa'), { maxAge: '60d' }, undefined],
])('a group that %s', (_, one, nodes, expected) => {
  expect(wants(one, nodes)).toBe(expected);
});

test.each<[string, object[], object | undefined, string, object | undefined]>([
  ['the newest of its minor', [group('1.35.1-20261001')], {}, '1.36', { a: '1.36.2-20261118' }],
  ['one that is old enough', [group('1.35.1-20261001')], { minAge: '2d' }, '1.36', { a: '1.36.2-20261105' }],
  ['none while all are too young', [group('1.35.1-20261001')], { minAge: '15d' }, '1.36', undefined],
  ['none of another minor', [group('1.35.1-20261001')], {}, '1.37', undefined],
  ['none for an AMI of its own', [group('ami-1', { amiType: 'CUSTOM' })], {}, '1.36', undefined],
  ['none where the policy chooses none', [group('1.35.1-20261001')], undefined, '1.36', undefined],
  [
    'each that of its type',
    [group('1.35.1-20261001'), { ...bottlerocket('1.55.0-d93bb1b1'), name: 'b' }],
    { maxAge: '300d' },
    '1.36',
    { a: '1.36.2-20261118', b: '1.55.0-d93bb1b1' },
  ],
])('for a hop is pinned %s', (_, nodegroups, nodes, target, expected) => {
  const spec = nodes && { patch: { nodes } };
  expect(releasesFor({ nodegroups: nodegroups as never }, KubeVersion.parse(target), spec, images, NOW)).toEqual(
    expected,
  );
});

test('it is known since when the first newer one is there, whichever is taken', () => {
  const since = (release: string, minAge: string) =>
    imageLagsOf({ version: '1.36', nodegroups: [group(release)] }, { patch: { nodes: { minAge } } }, images, NOW)[0]
      ?.newerSince;
  expect(since('1.36.2-20261001', '1d')).toEqual(new Date('2026-11-06T00:00:00Z'));
  expect(since('1.36.2-20261105', '1d')).toEqual(new Date('2026-11-19T00:00:00Z'));
});

test('what was known of that stays while a newer one is known, though the first of them is forgotten', () => {
  const kept = { ...group('1.36.2-20261001'), newerSince: '2026-10-09T00:00:00.000Z' };
  expect(newerSince(kept, images)).toBe(kept.newerSince);
  expect(newerSince({ ...kept, newerSince: '2026-11-10T00:00:00.000Z' }, images)).toBe('2026-11-06T00:00:00.000Z');
  expect(newerSince({ ...kept, releaseVersion: '1.36.2-20261118' }, images)).toBeUndefined();
  expect(newerSince({ ...kept, releaseVersion: undefined }, images)).toBeUndefined();
});

test('what was known of that stays while nobody knows any release of its kind', () => {
  const kept = { ...group('1.36.2-20261001'), newerSince: '2026-10-09T00:00:00.000Z' };
  expect(newerSince(kept, undefined)).toBe(kept.newerSince);
  expect(newerSince(kept, { ...images, images: images.images.slice(1) })).toBe(kept.newerSince);
  expect(newerSince(group('1.36.2-20261001'), undefined)).toBeUndefined();
});

test('nothing is behind where the policy does not ask, or where nobody has read what there is', () => {
  const cluster = { version: '1.36', nodegroups: [group('1.36.2-20261001')] };
  expect(imageLagsOf(cluster, undefined, images, NOW)).toEqual([]);
  expect(imageLagsOf(cluster, { patch: {} as never }, images, NOW)).toEqual([]);
  expect(imageLagsOf(cluster, { patch: { nodes: {} } }, undefined, NOW)).toEqual([]);
});

test('what is behind is told by name with its age, as far as that is known', () => {
  const groups = [group('1.36.2-20261001'), { ...bottlerocket('1.20.0-bbbbbbbb'), name: 'b' }];
  const lags = imageLagsOf({ version: '1.36', nodegroups: groups }, { patch: { nodes: {} } }, images, NOW);
  expect(imagesReason({ name: 'web' }, lags, NOW)).toEqual({
    code: 'ImagesBehind',
    message:
      'A newer image is there for node groups of web: a runs 1.36.2-20261001 (50 days old) and goes to 1.36.2-20261118; b runs 1.20.0-bbbbbbbb and goes to 1.55.0-d93bb1b1.',
  });
  expect(pinnedReleases(lags)).toEqual({ a: '1.36.2-20261118', b: '1.55.0-d93bb1b1' });
  expect([imagesReason({ name: 'web' }, [], NOW), pinnedReleases([])]).toEqual([undefined, undefined]);
  const many = Array.from({ length: 7 }, (_, index) => ({ ...group('1.36.2-20261001'), name: `g${index}` }));
  const all = imageLagsOf({ version: '1.36', nodegroups: many }, { patch: { nodes: {} } }, images, NOW);
  expect(imagesReason({ name: 'web' }, all, NOW)?.message).toMatch(/g4 .*; so do 2 more groups\.$/);
});

test('the oldest image is by the day of its name, or since when it was seen', () => {
  const at = (...groups: ReturnType<typeof group>[]) => oldestImage({ version: '1.36', nodegroups: groups }, images);
  expect(at(group('1.36.2-20261105'), group('1.36.2-20261001'))).toEqual(new Date('2026-10-01T00:00:00Z'));
  expect(at(bottlerocket('1.54.0-aaaaaaaa'))).toEqual(new Date('2026-10-10T00:00:00Z'));
  expect(at(bottlerocket('1.20.0-bbbbbbbb'), group(undefined))).toBeUndefined();
});

test.each<[string, ReturnType<typeof group>, Partial<ImageReleases> | undefined, RegExp | undefined]>([
  ['known within a day of the last look', group('1.36.2-20261001'), { checkedAt: '2026-11-19T00:00:00Z' }, undefined],
  ['not known a day later', group(undefined), { checkedAt: '2026-11-18T23:59:59Z' }, /was read last at 2026-11-18T23/],
  ['not known where nobody has looked', group('1.36.2-20261001'), undefined, /in eu-central-1 was never read\.$/],
  [
    'not known of a type that AWS names none for',
    group('1.36.2-20261001', { amiType: 'AL2023_ARM_64_STANDARD' }),
    {},
    /AWS names no release of AL2023_ARM_64_STANDARD for 1\.36 in eu-central-1\.$/,
  ],
  ['not asked for of a type that nobody publishes', group('ami-1', { amiType: 'CUSTOM' }), undefined, undefined],
  ['not asked for of a group at another minor', group('1.35.1-20261001', { version: '1.35' }), undefined, undefined],
])('whether images are behind is %s', (_, one, more, said) => {
  const cluster = { name: 'web', region: 'eu-central-1', version: '1.36', nodegroups: [one] };
  const known = more && { ...images, ...more };
  const unknown = imagesUnknown(cluster, { patch: { nodes: {} } }, known, NOW);
  expect(unknown?.message ?? '').toMatch(said ?? /^$/);
  expect(imagesUnknown(cluster, {}, known, NOW)).toBeUndefined();
});

test.each<[string, boolean, string | undefined, string]>([
  ['is the newest', true, '1.36.2-20261118', 'AL2023_x86_64_STANDARD'],
  ['was the newest before', true, '1.36.2-20261105', 'AL2023_x86_64_STANDARD'],
  ['is older than all that are kept', true, '1.36.2-20260901', 'AL2023_x86_64_STANDARD'],
  ['was withdrawn', false, '1.36.2-20261119', 'AL2023_x86_64_STANDARD'],
  ['was withdrawn before the newest came out', false, '1.36.2-20261112', 'AL2023_x86_64_STANDARD'],
  ['was withdrawn for another of its number', false, '1.55.0-bbbbbbbb', 'BOTTLEROCKET_x86_64'],
  ['is of a kind of which nothing is known', true, '1.36.2-20261112', 'AL2023_ARM_64_STANDARD'],
  ['is none', true, undefined, 'AL2023_x86_64_STANDARD'],
])('a pinned release that %s is offered: %s', (_, expected, pinned, amiType) => {
  expect(isOffered(pinned, images, '1.36', amiType)).toBe(expected);
});
