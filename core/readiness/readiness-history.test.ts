import type { ReadinessHistory } from '../contracts/items/readiness-history.ts';
import { historyAfter, type LookOfHistory } from './readiness-history.ts';

const at = (hour: number) => new Date(Date.UTC(2026, 10, 20, hour));
const iso = (hour: number) => at(hour).toISOString();
const cause = (name: string, target = '1.37') => ({ cause: name, owner: 'payments', target, since: iso(0) });
const blocked = (...names: string[]) => ({ verdict: 'blocked' as const, causes: names.map((name) => cause(name)) });
const cluster = { clusterKey: 'k', version: '1.36' };
type Look = Pick<LookOfHistory, 'verdict' | 'causes'> & Partial<LookOfHistory>;
const nobody = () => undefined;

/** One look an hour. */
const after = (looks: readonly Look[], waivedBy: Parameters<typeof historyAfter>[2] = nobody) =>
  looks.reduce<ReadinessHistory | undefined>(
    (before, look, hour) => historyAfter(before, { cluster, ...look }, waivedBy, at(hour + 1)),
    undefined,
  );
const ready = { verdict: 'ready', causes: [] } as const;

test('each cause is kept from the first of the looks that found it to the one that did not', () => {
  const history = after([blocked('pdb'), blocked('pdb', 'helm'), blocked('helm')]);
  expect(history?.causes.map(({ cause: name }) => name)).toEqual(['helm']);
  expect(history?.ended).toEqual([{ ...cause('pdb'), until: iso(3), how: 'noLongerThere' }]);
  expect([history?.word, history?.words]).toEqual([{ verdict: 'blocked', since: iso(1) }, []]);
});

test('what the inventory proves has no date of its own, and stays known since it was found first', () => {
  const found = (hour: number): Look => ({ verdict: 'blocked', causes: [{ ...cause('group'), since: iso(hour) }] });
  expect(after([found(1), found(2), found(3)])?.causes[0]?.since).toBe(iso(1));
});

test('it is kept in the words of the look that found it last', () => {
  const found = (what: string): Look => ({ verdict: 'blocked', causes: [{ ...cause('pdb'), what }] });
  expect(after([found('It allows none.'), found('It allows one too few.')])?.causes).toEqual([
    { ...cause('pdb'), what: 'It allows one too few.' },
  ]);
});

test('a word is kept with when it was so, the newest first', () => {
  const history = after([ready, blocked('pdb'), blocked('pdb'), ready]);
  expect(history?.word).toEqual({ verdict: 'ready', since: iso(4) });
  expect(history?.words).toEqual([
    { verdict: 'blocked', since: iso(2), until: iso(4) },
    { verdict: 'ready', since: iso(1), until: iso(2) },
  ]);
});

test('a look that proves nothing ends no cause, and moves none', () => {
  const history = after([blocked('pdb'), { verdict: 'stale', causes: undefined }]);
  expect([history?.causes, history?.ended]).toEqual([[cause('pdb')], []]);
});

test('a look that could not read everything ends only what it would have seen', () => {
  const history = after([blocked('pdb', 'helm', 'group'), { ...blocked('group'), unseen: ['pdb'] }, blocked('pdb')]);
  expect(history?.causes).toEqual([cause('pdb')]);
  expect(history?.ended.map((one) => [one.cause, one.until])).toEqual([
    ['group', iso(3)],
    ['helm', iso(2)],
  ]);
});

test.each<[string, Look, Parameters<typeof historyAfter>[2], object]>([
  ['somebody had it waived', ready, () => 'ann', { how: 'waived', by: 'ann', until: iso(2) }],
  [
    'the cluster went past it, which needs no proof and no waiver',
    { verdict: 'stale', causes: undefined, cluster: { ...cluster, version: '1.37' } },
    () => 'ann',
    { how: 'upgraded', until: iso(2) },
  ],
  [
    'the cluster was deleted, when it was',
    { ...blocked('pdb'), cluster: { ...cluster, deletedAt: iso(1) } },
    nobody,
    { how: 'clusterDeleted', until: iso(1) },
  ],
])('how a cause ended is kept: %s', (_, look, waivedBy, how) => {
  expect(after([blocked('pdb'), look], waivedBy)).toMatchObject({ causes: [], ended: [{ ...cause('pdb'), ...how }] });
});

test('a cluster that is gone is nothing any more, and the item of none grows without end', () => {
  expect(after([ready, { ...ready, cluster: { ...cluster, deletedAt: iso(1) } }])?.word).toBeUndefined();
  const looks = Array.from({ length: 100 }, (_, hour) => (hour % 2 === 0 ? ready : blocked(`pdb${hour}`)));
  const history = after(looks);
  expect([history?.words.length, history?.ended.length]).toEqual([30, 30]);
  expect(history?.ended[0]?.cause).toBe('pdb97');
});
