import type { FleetSnapshot } from './snapshot.ts';
import { type Begun, begin, both, cluster, dev, fleet, later, prod, wave } from './testing/replanned-fleet.ts';

const moves = (changes: ReturnType<typeof later>) =>
  changes?.members.map(({ before, next }) => [(next ?? before)?.name, before?.waveIndex, next?.waveIndex, next?.to]);

test('a wave that the policy has given up is emptied, also where all that is left has begun', () => {
  const begun = begin(fleet([dev, prod], both), ['Open']);
  const changes = later(fleet([dev, prod], [wave('dev')]), begun);
  expect(moves(changes)).toEqual([['p', 1, undefined, undefined]]);
  expect(changes?.changedWaves.map(({ next }) => [next?.name, next?.members, next?.needWork])).toEqual([
    ['prod', 0, 0],
  ]);
  expect(changes?.waves).toEqual(['dev', 'prod']);
});

describe('what no plan moves', () => {
  const failed = ({ members, waves, ...begun }: Begun): Begun => ({
    ...begun,
    members: members.map((member) => (member.name === 'p' ? { ...member, status: 'Failed' } : member)),
    waves: waves.map((one) => (one.name === 'prod' ? { ...one, failed: 1 } : one)),
  });
  const arrived = [dev, cluster('p', 'prod', { version: '1.37' })];
  test.each<[string, Begun, FleetSnapshot, readonly unknown[]]>([
    [
      'follows its wave by name: a failure',
      failed(begin(fleet([dev, prod], both), ['Open'])),
      fleet([dev, prod], [wave('dev'), wave('early'), wave('prod')]),
      [
        ['early', 0, 0],
        ['prod', 1, 1],
      ],
    ],
    [
      'follows its wave by name: a control plane that somebody else has moved',
      begin(fleet([dev, prod], both), ['Open']),
      fleet(arrived, [wave('dev'), wave('early'), wave('prod')]),
      [
        ['early', 0, 0],
        ['prod', 1, 0],
      ],
    ],
    [
      'counts in the next wave where its own is gone',
      failed(begin(fleet([dev, prod], both), ['Open'])),
      fleet([dev, prod], [wave('dev'), wave('early')]),
      [['early', 1, 1]],
    ],
    [
      'stays in its wave where no other is left, which is counted with it',
      failed(begin(fleet([dev, prod], both), ['Open'])),
      fleet([dev, prod], [wave('dev')]),
      [['prod', 1, 1]],
    ],
    [
      'leaves where nobody has rules for it any more: a control plane that somebody else has moved',
      begin(fleet([dev, prod], both), ['Open']),
      fleet(arrived, [wave('dev')]),
      [['prod', 0, 0]],
    ],
  ])('%s', (_, begun, snapshot, expected) => {
    const { changedWaves = [], members = [] } = later(snapshot, begun) ?? {};
    const planned = changedWaves.map(({ next }) => [next?.name, next?.members, next?.failed]);
    const unchanged = begun.waves.filter(
      ({ index }) => index > 0 && !changedWaves.some(({ next }) => next?.index === index),
    );
    expect([...planned, ...unchanged.map(({ name, members: count, failed: of }) => [name, count, of])]).toEqual(
      expected,
    );
    const kept = members.filter(({ next }) => next?.name === 'p').map(({ next }) => next?.waveIndex);
    expect(kept).toEqual(
      kept.filter((of) => changedWaves.some(({ next }) => next?.index === of && next?.members === 1)),
    );
  });
});
