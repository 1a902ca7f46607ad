import { memberItem, rolloutItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { reason } from '../contracts/step-result.ts';
import type { Opening } from '../rollout/openings.ts';
import { announcementOf } from './announcements.ts';

const START = new Date('2026-11-20T12:00:00Z');
const cluster = clusterRecord({ name: 'web', version: '1.36' });
const { clusterKey } = cluster;

test('nothing is taken back that was never announced', () => {
  expect(announcementOf(cluster, undefined, undefined, undefined, START)).toBeUndefined();
});

const CLOSED = reason('WindowClosed', 'closed');
const UNAPPROVED = reason('ApprovalMissing', 'nobody has approved');
const FULL = reason('WaveFull', 'full');
const [PAST, SOON, LATER] = ['2026-11-20T11:00:00.000Z', '2026-11-20T12:30:00.000Z', '2026-11-25T12:00:00.000Z'];
const opening = (at: string, ...reasons: Opening['reasons'][number][]): Opening => ({
  ...{ clusterKey, rolloutId: 'r', to: '1.37', hops: ['1.37'], at, reasons },
});
const told = { rolloutId: 'r', to: '1.37', hours: 24 };
const said = (...args: readonly [Parameters<typeof announcementOf>[1], Opening | undefined]) => {
  const { kept, news } = announcementOf(cluster, ...args, undefined, START) ?? {};
  return [news?.what, news?.reasons.map(({ code }) => code), kept?.at, kept?.notBegunFor];
};

test.each<[string, Parameters<typeof said>, unknown[]]>([
  [
    'did not begin is told why, and not that it is closed until the next opening',
    [{ ...told, at: PAST }, opening(LATER, CLOSED, UNAPPROVED)],
    ['takenBack', ['ApprovalMissing'], PAST, 'ApprovalMissing'],
  ],
  [
    'should have begun now did not begin',
    [{ ...told, at: START.toISOString() }, opening(LATER, FULL)],
    ['takenBack', ['WaveFull'], START.toISOString(), 'WaveFull'],
  ],
  [
    'is to begin later is moved, and told what must be gone by then',
    [{ ...told, at: SOON }, opening(LATER, CLOSED, FULL)],
    ['moved', ['WaveFull'], LATER, undefined],
  ],
  [
    'only the calendar keeps away is moved by that',
    [{ ...told, at: SOON }, opening(LATER, CLOSED)],
    ['moved', ['WindowClosed'], LATER, undefined],
  ],
  [
    'has made that hop is told the time of its next one as another time',
    [{ ...told, to: '1.36', at: PAST }, opening(LATER, FULL)],
    ['moved', ['WaveFull'], LATER, undefined],
  ],
  [
    'waits for its next hop hears of that, and not that the first one was moved',
    [
      { ...told, at: PAST },
      { ...opening(LATER, FULL), isNextHop: true },
    ],
    ['opens', ['WaveFull'], LATER, undefined],
  ],
  [
    'goes further at the same time is told so',
    [{ ...told, to: '1.36', at: SOON }, opening(SOON)],
    ['moved', [], SOON, undefined],
  ],
  [
    'has been told why it did not begin hears nothing as long as that is so',
    [{ ...told, at: PAST, notBegunFor: 'WaveFull' }, opening(LATER, UNAPPROVED, FULL)],
    [undefined, undefined, undefined, undefined],
  ],
  [
    'waits for something else than it was told hears of its next opening',
    [{ ...told, at: PAST, notBegunFor: 'WaveFull' }, opening(LATER, UNAPPROVED)],
    ['opens', ['ApprovalMissing'], LATER, undefined],
  ],
  [
    'is in another rollout by now hears of its opening there',
    [{ ...told, rolloutId: 'before', at: PAST, notBegunFor: 'WaveFull' }, opening(LATER, FULL)],
    ['opens', ['WaveFull'], LATER, undefined],
  ],
  [
    'has four reasons hears three',
    [undefined, opening(LATER, FULL, UNAPPROVED, reason('GoesBack', ''), reason('Held', ''))],
    ['opens', ['WaveFull', 'ApprovalMissing', 'GoesBack'], LATER, undefined],
  ],
])('who %s', (_, given, expected) => {
  expect(said(...given)).toEqual(expected);
});

test('where no opening is known, nothing is taken back twice, nor of what nobody knows any more', () => {
  const forgotten = { kept: undefined, news: undefined };
  const withdrawn = { rollout: rolloutItem({ status: 'Aborted' }), member: memberItem({ status: 'Excluded' }) };
  const notBegun = { ...told, at: PAST, notBegunFor: 'WaveFull' as const };
  expect(announcementOf(cluster, notBegun, undefined, withdrawn, START)).toEqual(forgotten);
  expect(announcementOf(cluster, { ...told, at: LATER }, undefined, undefined, START)).toEqual(forgotten);
  const unplanned = { rollout: rolloutItem(), member: undefined };
  expect(announcementOf(cluster, { ...told, at: LATER }, undefined, unplanned, START)).toEqual(forgotten);
});

test('who waits for what no time is known of is told so while its opening is still to come, and not right before it', () => {
  const withdrawal = { rollout: rolloutItem(), member: memberItem() };
  const unknown = (...reasons: Opening['reasons'][number][]) => ({ ...opening(''), at: undefined, reasons });
  const of = (at: string, waits: Opening) => announcementOf(cluster, { ...told, at }, waits, withdrawal, START);
  expect(of(LATER, unknown(UNAPPROVED))).toMatchObject({
    kept: undefined,
    news: { what: 'takenBack', announcedFor: LATER, reasons: [UNAPPROVED] },
  });
  for (const at of [PAST, SOON, '2026-11-20T13:00:00.000Z']) expect(of(at, unknown(UNAPPROVED))).toBeUndefined();
  expect(of(LATER, unknown())).toBeUndefined();
});
