import { begin, cluster, dev, fleet, later, NOW, prod, wave } from '../../test/material/rollout/replanned-fleet.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';

const three = [wave('dev'), wave('prod'), wave('lab')];
const lab = cluster('l', 'lab');
const second = cluster('p2', 'prod');
const paused = (one: ClusterRecord): ClusterRecord => ({ ...one, tags: { 'liftlock/paused': 'true' } });
const held = (...clusters: readonly ClusterRecord[]) =>
  new Map(
    clusters.map(({ clusterKey }) => [
      clusterKey,
      { clusterKey, held: { reason: reason('UpdateFailed', ''), since: NOW.toISOString() } },
    ]),
  );

interface Case {
  readonly before: readonly ClusterRecord[];
  readonly now: readonly ClusterRecord[];
  /** Held before, and now. */
  readonly held?: readonly [readonly ClusterRecord[], readonly ClusterRecord[]];
  readonly waves?: readonly object[];
  readonly undecided?: Partial<Wave>;
}
/** The waves that are planned anew after prod has ended Undecided, and who waits in each of them by then. */
function anew({ before, now, held: [was, is] = [[], []], waves = three, undecided = {} }: Case) {
  const begun = begin({ ...fleet([dev, ...before], three), controls: held(...was) }, ['Completed', 'Undecided']);
  const ended = begun.waves.map((one) => (one.name === 'prod' ? { ...one, ...undecided } : one));
  const snapshot = { ...fleet([dev, ...now], waves), controls: held(...is) };
  const changes = later(snapshot, { ...begun, waves: ended });
  return changes?.changedWaves.map(({ next }) => `${changes.waves[next?.index ?? -1]} ${next?.status}`) ?? [];
}

test.each<[string, Case, readonly string[]]>([
  ['as soon as one of its clusters may begin', { before: [paused(prod)], now: [prod] }, ['prod Pending']],
  ['with the waves after it', { before: [paused(prod)], now: [prod, lab] }, ['prod Pending', 'lab Pending']],
  [
    'not where another wave would take its cluster in its place',
    { before: [paused(prod)], now: [cluster('p', 'early')], waves: [wave('dev'), wave('early'), wave('prod')] },
    ['early Pending'],
  ],
  [
    'as soon as one of several may',
    { before: [paused(prod), paused(second)], now: [prod, paused(second)] },
    ['prod Pending'],
  ],
  [
    'once nobody is owed any more',
    { before: [prod, paused(second)], now: [cluster('p', 'none'), paused(second), lab], held: [[prod], []] },
    ['prod Pending', 'lab Pending'],
  ],
  ['not while something else keeps them out', { before: [paused(prod)], now: [prod], held: [[], [prod]] }, []],
  [
    'not while somebody is owed, also where a later wave is planned anew',
    { before: [prod, second], now: [prod, cluster('p2', 'none'), lab], held: [[prod, second], [prod]] },
    ['lab Pending'],
  ],
  [
    'not since a cluster of a later wave may begin',
    { before: [paused(prod), paused(lab)], now: [paused(prod), lab] },
    ['lab Pending'],
  ],
  [
    'not where another wave would take its place',
    { before: [paused(prod)], now: [prod], waves: [wave('dev'), wave('early'), wave('prod')] },
    ['early Pending'],
  ],
  [
    'not where its policy has no such wave any more, although nobody is owed',
    { before: [prod], now: [cluster('p', 'none')], held: [[prod], []], waves: [wave('dev')] },
    ['lab Pending'],
  ],
  ['not once it has opened', { before: [paused(prod)], now: [prod], undecided: { openedAt: NOW.toISOString() } }, []],
])('a wave that ended Undecided before it opened is planned anew %s', (_, given, expected) => {
  expect(anew(given)).toEqual(expected);
});

test('a wave that ended Undecided before it opened stays so while its policy is not there', () => {
  const begun = begin(fleet([dev, paused(prod)], three), ['Completed', 'Undecided']);
  expect(later({ ...fleet([dev, prod], three), policies: new Map() }, begun)).toBeUndefined();
});
