import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import type { RegionVersions } from '../contracts/items/cluster.ts';
import type { Channels } from '../policy/channels.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { COVERED } from '../version/support-calendar.ts';
import { lowerTarget, nextHop, targetOf } from './cluster-target.ts';
import type { FleetSnapshot } from './snapshot.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const offer = (version: string, releaseDate: string, endOfStandardSupport = '2027-12-01T00:00:00.000Z') => ({
  ...{ version, status: 'STANDARD_SUPPORT', defaultVersion: false, releaseDate, endOfStandardSupport },
  endOfExtendedSupport: '2028-12-01T00:00:00.000Z',
});
const region = (): RegionVersions => ({
  region: 'eu-central-1',
  versions: [
    offer('1.33', '2025-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'),
    offer('1.34', '2025-06-01T00:00:00.000Z'),
    offer('1.35', '2026-11-10T00:00:00.000Z'),
  ],
  announced: [],
  checkedAt: NOW.toISOString(),
});
type Target = Parameters<typeof targetOf>[1]['target'];
const channels: Channels = new Map([
  ['rapid', undefined],
  ['careful', { target: 'latest' as const, minimumAge: '30d' }],
  ['young', { target: 'latest' as const, minimumAge: '5d' }],
]);

function aimed(target: Target, tags: Record<string, string> = {}, versions: RegionVersions | undefined = region()) {
  const found = targetOf(clusterRecord({ version: '1.33', tags }), { target }, versions, 'liftlock/', NOW, channels);
  if ('reason' in found) return found.reason.code;
  return found.capped === undefined
    ? String(found.target)
    : `${found.target} ${found.capped.code}: ${found.capped.message}`;
}

test.each<[string, Target, string]>([
  ['a version', '1.34', '1.34'],
  ['the newest', 'latest', '1.35'],
  ['one before it', 'latest-1', '1.34'],
  ['the oldest in standard support', 'oldest-in-standard-support', '1.34'],
  ['a channel that comes with Liftlock', { channel: 'stable' }, '1.34'],
  ['a channel whose versions have to be old enough', { channel: 'careful' }, '1.34'],
  ['a channel whose versions are', { channel: 'young' }, '1.35'],
  ['a channel that nobody knows', { channel: 'other' }, 'UnknownChannel'],
  ['a channel that cannot be read, whichever it replaces', { channel: 'rapid' }, 'UnknownChannel'],
  ['a version that nobody offers', '1.99', 'NotOffered'],
])('a policy that asks for %s aims at what its Region offers', (_, target, expected) => {
  expect(aimed(target)).toBe(expected);
});

test('the same Region is asked for channels of every age', () => {
  const versions = region();
  const of = (channel: string) => aimed({ channel }, {}, versions);
  expect([of('young'), of('careful'), of('young')]).toEqual(['1.35', '1.34', '1.35']);
});

test('a Region that was not looked at yet offers nothing', () => {
  const found = targetOf(clusterRecord(), { target: 'latest' }, undefined, 'liftlock/', NOW);
  expect(found).toEqual({
    reason: { code: 'NotOffered', message: 'The versions that EKS offers in eu-central-1 are not known yet.' },
  });
});

test('the pin of a cluster is a ceiling, and told where it is lower', () => {
  const pin = (version: string) => ({ 'liftlock/pin-version': version });
  const told = "Pinned: The cluster's tag liftlock/pin-version keeps it at 1.34 or older, so not 1.35.";
  expect(aimed('latest', pin('1.34'))).toBe(`1.34 ${told}`);
  expect(aimed('latest', pin('1.35'))).toBe('1.35');
  expect(aimed('1.34', pin('1.35'))).toBe('1.34');
});

const beyond = (more: number): string =>
  Array.from({ length: more })
    .reduce((at: KubeVersion) => at.next(), COVERED)
    .toString();

test.each<[Target, string | undefined, boolean]>([
  ['latest', undefined, true],
  ['latest', COVERED.toString(), false],
  ['latest', beyond(1), true],
  ['latest-1', COVERED.toString(), true],
  ['latest-1', COVERED.previous().toString(), false],
])(
  'a cluster whose policy wants %s, with the pin %s, misses what this release does not know: %s',
  (target, pin, misses) => {
    const versions = [COVERED.previous().toString(), COVERED.toString(), beyond(1), beyond(2)];
    const offers = { ...region(), versions: versions.map((version) => offer(version, '2025-01-01T00:00:00.000Z')) };
    const tags = pin === undefined ? {} : { 'liftlock/pin-version': pin };
    const found = targetOf(clusterRecord({ version: '1.36', tags }), { target }, offers, 'liftlock/', NOW, channels);
    expect('newer' in found && found.newer !== undefined).toBe(misses);
  },
);

test.each([
  ['1.34', '1.34', '1.36', '1.34', '1.35'],
  ['1.34', '1.35', '1.36', '1.34', '1.35'],
  ['1.33', '1.35', '1.36', '1.34', '1.35'],
  ['1.36', '1.36', '1.36', '1.35', '1.36'],
])('a cluster that has reached %s, with its control plane at %s, goes towards %s from %s to %s', (...given) => {
  const [reached, plane, target, from, to] = given.map((text) => KubeVersion.parse(text));
  if (!reached || !plane || !target) throw new Error('a version is missing');
  const hop = nextHop(reached, plane, target);
  expect([String(hop.from), String(hop.to)]).toEqual([String(from), String(to)]);
});

describe('a rollout takes a cluster no further than its policy does', () => {
  const lower = (target: Target, to: string, versions: RegionVersions | undefined) => {
    const regions = new Map(versions === undefined ? [] : [['eu-central-1', versions] as const]);
    const policies = new Map([['p', { policy: { spec: { target } } }]]) as unknown as FleetSnapshot['policies'];
    const at = { fleet: undefined, policies, regions, channels };
    return lowerTarget(at, 'p', clusterRecord({ version: '1.33' }), KubeVersion.parse(to), NOW);
  };

  test.each<[Target, string, boolean]>([
    ['1.34', '1.35', true],
    ['1.34', '1.34', false],
    ['latest-1', '1.35', true],
    ['latest', '1.35', false],
    [{ channel: 'careful' }, '1.35', true],
  ])('that goes to %j, and to %s: %s', (target, to, isLower) => {
    expect(lower(target, to, region())?.code).toBe(isLower ? 'LowerTarget' : undefined);
  });

  test('also where no Region is read, by the minor that it names, and by no other', () => {
    expect(lower('1.34', '1.35', undefined)?.message).toBe(
      'The policy p takes it to 1.34 by now, and this rollout to 1.35.',
    );
    expect(lower('latest-1', '1.35', undefined)).toBeUndefined();
  });

  test('and nobody knows how far where its Channel cannot be read', () => {
    expect(lower({ channel: 'rapid' }, '1.34', region())?.code).toBe('UnknownChannel');
  });
});
