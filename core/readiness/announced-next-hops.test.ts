import { memberItem, rolloutItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import type { ClusterNews } from '../contracts/items/owner-news.ts';
import type { Member, Rollout } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import type { Opening } from '../rollout/openings.ts';
import { announcementOf, type Withdrawal } from './announcements.ts';

const cluster = clusterRecord({ name: 'web', version: '1.36' });
const { clusterKey } = cluster;
const NOW = new Date('2026-11-20T12:00:00Z');
const [PAST, LATER] = ['2026-11-20T11:00:00.000Z', '2026-11-25T12:00:00.000Z'];
const FIRST = { rolloutId: 'r', to: '1.37', at: PAST, hours: 24 };
const NEXT = { ...FIRST, at: LATER, isNextHop: true };

const between: Member = memberItem({
  ...{ clusterKey, from: '1.35', to: '1.37', status: 'Parked' },
  reasons: [reason('NextHop', 'It is at 1.36.')],
});
const unknown = (more: Partial<Opening> = {}): Opening => ({
  ...{ clusterKey, rolloutId: 'r', to: '1.37', isNextHop: true, hops: ['1.37'], at: undefined },
  reasons: [reason('RolloutPaused', 'It is paused.')],
  ...more,
});
const of = (before: ClusterNews['announced'], status: Rollout['status'], opening?: Opening, member = between) => {
  const withdrawal: Withdrawal = { rollout: rolloutItem({ status }), member };
  const said = announcementOf(cluster, before, opening, withdrawal, NOW);
  return said && [said.news?.what, said.kept?.at];
};

test.each<[string, Parameters<typeof of>, unknown]>([
  ['is forgotten while nobody knows when the next one begins', [FIRST, 'Running', unknown()], [undefined, undefined]],
  ['is not taken back with its rollout', [FIRST, 'Halted'], [undefined, undefined]],
  ['is not taken back where it began early', [{ ...FIRST, at: LATER }, 'Running', unknown()], [undefined, undefined]],
  [
    'is not taken back where it began early and the rollout ends',
    [{ ...FIRST, at: LATER }, 'Aborted'],
    [undefined, undefined],
  ],
  [
    'is not taken back once an abort has taken the member out',
    [
      FIRST,
      'Aborted',
      undefined,
      { ...between, status: 'Excluded', origin: '1.35', reasons: [reason('RolloutAborted', 'x')] },
    ],
    [undefined, undefined],
  ],
  [
    'is forgotten whichever other rollout the cluster waits in',
    [FIRST, 'Aborted', unknown({ rolloutId: 'other', isNextHop: false })],
    [undefined, undefined],
  ],
  [
    'is forgotten after a second hop, too',
    [{ ...NEXT, to: '1.36', at: PAST }, 'Running', unknown()],
    [undefined, undefined],
  ],
])('what was announced of a hop that was made %s', (_, given, expected) => {
  expect(of(...given)).toEqual(expected);
});

test('what was announced of the next hop is taken back with its rollout, and where nothing is known of it any more', () => {
  expect(of(NEXT, 'Halted')).toEqual(['takenBack', undefined]);
  expect(of(NEXT, 'Running', unknown())).toEqual(['takenBack', undefined]);
  expect(of(NEXT, 'Halted', unknown({ rolloutId: 'other', to: '1.38', isNextHop: false }))).toEqual([
    'takenBack',
    undefined,
  ]);
});
