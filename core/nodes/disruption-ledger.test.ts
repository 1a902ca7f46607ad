import { disruptionLedger, downText, ledgerForRoll, nodesAllowed } from './disruption-ledger.ts';

const node = (name: string, given: object = {}) => ({ name, labels: {}, ready: true, unschedulable: false, ...given });
const own = (name: string, given: object = {}) =>
  node(name, { labels: { 'eks.amazonaws.com/nodegroup': 'workers' }, ...given });
const CORDONED = { unschedulable: true };
const NOT_READY = { ready: false };
const TERMINATING = { terminating: true };

test.each<[string, number, (number | string | undefined)[], number]>([
  ['a number', 10, [3], 3],
  ['a share, rounded down', 19, ['10%'], 1],
  ['a share of few nodes, at least 1', 3, ['10%'], 1],
  ['all of them', 4, ['100%'], 4],
  ['the least of two', 40, [3, '5%'], 2],
  ['the other of the two', 40, ['25%', 2], 2],
  ['one that nobody has set', 40, [2, undefined], 2],
  ['none', 40, [undefined], Number.POSITIVE_INFINITY],
])('so many nodes may be down: %s', (_, count, limits, allowed) =>
  expect(nodesAllowed(count, ...limits)).toBe(allowed),
);

test('nodes count as down by whoever took them, those of Fargate and of an emptied drain aside', () => {
  const fargate = node('f', { labels: { 'eks.amazonaws.com/compute-type': 'fargate' }, ...NOT_READY });
  const nodes = [
    node('a', CORDONED),
    node('b', NOT_READY),
    node('c', TERMINATING),
    node('d', CORDONED),
    node('e'),
    fargate,
  ];
  const ledger = disruptionLedger(nodes, new Set(['d']), '75%');
  const { down, allowed, hasRoom } = ledger;
  expect([down.map(({ name }) => name), allowed, hasRoom]).toEqual([['a', 'b', 'c'], 3, false]);
  expect(downText(ledger)).toBe(
    'Nodes of the cluster that are down: 3, allowed: 3: a (cordoned by somebody else), b (NotReady), c (terminating).',
  );
});

test.each<[string, object[], number]>([
  ['nothing is down', [node('a'), own('w')], 2],
  ['a node of others is cordoned', [node('a', CORDONED), own('w')], 1],
  ['two are', [node('a', CORDONED), node('b', NOT_READY), own('w')], 0],
  ['one is of a drain that has ended', [node('a', CORDONED), node('out', CORDONED)], 1],
  ['one of the group is cordoned: its roll replaces it', [own('w', CORDONED), own('x', CORDONED)], 2],
  ['one of the group is not ready', [own('w', { ...CORDONED, ...NOT_READY })], 1],
  ['one of the group terminates', [own('w', { ...CORDONED, ...TERMINATING })], 1],
])('a roll has so much room of 2: %s', (_, nodes, room) =>
  expect(ledgerForRoll(nodes as ReturnType<typeof node>[], 'workers', new Set(['out']), 2).room).toBe(room),
);
