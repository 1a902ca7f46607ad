import {
  type Begun,
  begin,
  both,
  cluster,
  dev,
  fleet,
  later,
  prod,
  wave,
} from '../../test/material/rollout/replanned-fleet.ts';
import type { Member } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import type { FleetSnapshot } from './snapshot.ts';

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

describe('of a wave that is gone, and which none replaces,', () => {
  const whose = (more: Partial<Member>, waves: readonly object[] = [wave('dev'), wave('early')]) => {
    const begun = begin(fleet([dev, prod], both), ['Open']);
    const members = begun.members.map((member) => (member.name === 'p' ? { ...member, ...more } : member));
    const changes = later(fleet([dev, prod], waves), { ...begun, members });
    return changes?.members.flatMap(({ next }) =>
      next?.name === 'p' ? [[next.waveIndex, next.isStray, next.status]] : [],
    );
  };
  test.each<[string, Partial<Member>, readonly unknown[]]>([
    ['what failed only counts', { status: 'Failed' }, [[1, true, 'Failed']]],
    ['what is held only counts', { status: 'Blocked' }, [[1, true, 'Blocked']]],
    ['what was tried again, and did not come to its end, has failed', { failedBefore: true }, [[1, true, 'Failed']]],
    [
      'what a person has skipped stays out',
      { status: 'Excluded', reasons: [reason('Skipped', '')] },
      [[1, true, 'Excluded']],
    ],
    ['what succeeded leaves', { status: 'Succeeded' }, []],
    ['what waits leaves', { status: 'Pending' }, []],
  ])('%s', (_, more, expected) => {
    expect(whose(more)).toEqual(expected);
  });
  test('what only counts waits in its wave again when that is back', () => {
    expect(whose({ isStray: true, reasons: [reason('NoWave', '')] }, both)).toEqual([[1, undefined, 'Pending']]);
  });
});

describe('what no plan moves', () => {
  const failed = ({ members, waves, ...begun }: Begun): Begun => ({
    ...begun,
    members: members.map((member) => (member.name === 'p' ? { ...member, status: 'Failed' } : member)),
    waves: waves.map((one) => (one.name === 'prod' ? { ...one, failed: 1 } : one)),
  });
  const arrived = [
    dev,
    cluster('p', 'prod', {
      version: '1.37',
      nodegroups: [{ name: 'workers', version: '1.36', status: 'ACTIVE', issues: [] }],
    }),
  ];
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
