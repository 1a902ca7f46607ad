import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { inOrder } from './cluster-order.ts';

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
