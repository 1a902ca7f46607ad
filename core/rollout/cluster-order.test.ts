import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { inOrder } from './candidates.ts';

const cluster = (name: string, labels: Record<string, string>) =>
  ({ cluster: { name, clusterKey: name, labels } as unknown as ClusterRecord }) as const;
const names = (order: Parameters<typeof inOrder>[1], labels: Readonly<Record<string, Record<string, string>>>) =>
  inOrder(
    Object.entries(labels).map(([name, own]) => cluster(name, own)),
    order,
    new Map(),
    new Date('2026-11-20T12:00:00Z'),
  ).map((item) => item.cluster.name);

const rank = (value: string) => ({ rank: value });

test('numbers of a label go by size, text after them, and who has no such label comes last', () => {
  const clusters = { a: {}, b: rank('gold'), c: rank('10'), d: rank('9'), e: rank('bronze'), f: rank('-1') };
  expect(names([{ label: 'rank' }], clusters)).toEqual(['f', 'd', 'c', 'e', 'b', 'a']);
});

test('listed values go as they are listed, others after them, and who has no such label comes last', () => {
  const clusters = { a: {}, b: rank('gold'), c: rank('iron'), d: rank('bronze'), e: rank('bronze') };
  expect(names([{ label: 'rank', values: ['bronze', 'silver', 'gold'] }], clusters)).toEqual(['d', 'e', 'b', 'c', 'a']);
});

test('what is equal by a label goes by the next key', () => {
  const clusters = { a: { tier: '1', rank: '2' }, b: { tier: '1', rank: '1' }, c: { tier: '0', rank: '3' } };
  expect(names([{ label: 'tier' }, { label: 'rank' }], clusters)).toEqual(['c', 'b', 'a']);
});

test('only what is a number as a whole goes by size', () => {
  const clusters = { a: rank('2.50'), b: rank('10.05'), c: rank('x1'), d: rank('1x'), e: rank('1.x'), f: rank('007') };
  expect(names([{ label: 'rank' }], clusters)).toEqual(['a', 'f', 'b', 'e', 'd', 'c']);
});

const NOW = new Date('2026-11-20T12:00:00Z');
const insights = (warning: number, error: number) => ({ insights: { passing: 0, warning, error, unknown: 0 } });
const ends = (version: string, endOfStandardSupport: string) => ({
  ...{ version, status: 'STANDARD_SUPPORT', defaultVersion: false, releaseDate: '2024-01-01T00:00:00.000Z' },
  ...{ endOfStandardSupport, endOfExtendedSupport: '2028-01-01T00:00:00.000Z' },
});

/** The names of clusters in the order of a key, given the other way around. */
function ordered(key: 'name' | 'risk' | 'deadline' | 'cost', given: Readonly<Record<string, Partial<ClusterRecord>>>) {
  const { regions } = fleetSnapshot({ clusters: [], policies: {} });
  const [region] = regions.values();
  if (region === undefined) throw new Error('there is no Region');
  const offers = [
    ends('1.35', '2026-06-01T00:00:00.000Z'),
    ends('1.36', '2027-03-01T00:00:00.000Z'),
    ends('1.37', '2027-09-01T00:00:00.000Z'),
  ];
  const known = new Map([['eu-central-1', { ...region, versions: offers }]]);
  const items = Object.entries(given).map(([name, more]) => ({ cluster: clusterRecord({ name, ...more }) }));
  return inOrder(items, [key], known, NOW).map(({ cluster: { name } }) => name);
}

test.each<[Parameters<typeof ordered>[0], Readonly<Record<string, Partial<ClusterRecord>>>, readonly string[]]>([
  ['name', { b: {}, a: {}, c: {} }, ['a', 'b', 'c']],
  ['risk', { a: insights(2, 1), b: insights(0, 1), c: insights(1, 1) }, ['b', 'c', 'a']],
  ['deadline', { a: { version: '1.37' }, b: { version: '1.36' }, c: { version: '1.99' } }, ['b', 'a', 'c']],
  ['cost', { a: { version: '1.99' }, b: { version: '1.36' }, c: { version: '1.35' } }, ['c', 'b', 'a']],
])('clusters go by %s: the most urgent first, and what is not known last', (key, given, expected) => {
  expect(ordered(key, given)).toEqual(expected);
});

test('equal ones go by name and then by key, however they are listed', () => {
  const twins = ['b', 'a'].map((account) => clusterRecord({ name: 'web', account }));
  const sorted = (order: Parameters<typeof inOrder>[1]) =>
    inOrder(
      twins.map((one) => ({ cluster: one })),
      order,
      new Map(),
      NOW,
    ).map((one) => one.cluster.account);
  expect(sorted([])).toEqual(['a', 'b']);
  expect(sorted(['risk'])).toEqual(['a', 'b']);
});
