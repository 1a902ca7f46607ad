import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import {
  appliedTo,
  at,
  before,
  change,
  type Decision,
  NOTHING,
  rollout,
  wave,
} from '../../test/material/rollout/applied-decision.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { tellRest, waitsForRest } from './waits-for-rest.ts';

test.each<[string, Rollout['status'], Wave['status'], readonly [string, Member['status']][], string | undefined]>([
  [
    'who is set aside',
    'Running',
    'Completed',
    [
      ['a', 'Succeeded'],
      ['b', 'Quarantined'],
    ],
    'b (ForeignUpdate)',
  ],
  [
    'who is on the way',
    'Running',
    'CompletedWithFailures',
    [
      ['a', 'Parked'],
      ['b', 'Running'],
    ],
    'a (ForeignUpdate), b (ForeignUpdate)',
  ],
  [
    'nobody where all have ended',
    'Running',
    'Completed',
    [
      ['a', 'Failed'],
      ['b', 'Left'],
    ],
    undefined,
  ],
  ['no such thing while a wave goes on', 'Running', 'Soaking', [['b', 'Quarantined']], undefined],
  ['no such thing while it is paused', 'Paused', 'Completed', [['b', 'Quarantined']], undefined],
])('a rollout whose waves have passed waits for %s', (_, status, waveIs, members, said) => {
  const reasons = [{ code: 'ForeignUpdate' as const, message: 'x' }];
  const all = members.map(([name, its]) => memberItem({ name, status: its, reasons }));
  const told = waitsForRest(rolloutItem({ status }), [waveItem({ status: waveIs })], all);
  expect(told.map(({ message }) => message)).toEqual(
    said === undefined ? [] : [expect.stringContaining(`: ${said}. `) as string],
  );
});

const suspected: Partial<Member> = {
  name: 'a',
  status: 'Quarantined',
  reasons: [reason('SuspiciousTrait', 'x')],
};
const SINCE = '2026-11-20T10:00:00.000Z';

test.each<[string, Partial<Rollout>, Wave['status'], readonly Partial<Member>[], readonly number[]]>([
  ['a person where all that is left is set aside until one acts', {}, 'Completed', [suspected], [1]],
  ['a person, and says so once', { waitsSince: SINCE }, 'Completed', [suspected], []],
  [
    'nobody while one of the rest goes on, or would do so by itself',
    {},
    'Completed',
    [suspected, { name: 'b', status: 'Pending' }],
    [],
  ],
  [
    'nobody for what ends by itself',
    {},
    'Completed',
    [{ ...suspected, reasons: [reason('RecentlyCreated', 'x')] }],
    [],
  ],
  [
    'nobody for who is being deleted',
    {},
    'Completed',
    [{ ...suspected, reasons: [reason('Deleting', 'x'), reason('SuspiciousTrait', 'x')] }],
    [],
  ],
  ['nobody where nothing is left', {}, 'Completed', [{ status: 'Failed' }], []],
  ['a wave whose turn it is', {}, 'Undecided', [suspected], []],
  ['nobody any more once one may go on', { waitsSince: SINCE }, 'Completed', [{ status: 'Pending' }], [0]],
  ['nobody any more once a wave was opened again', { waitsSince: SINCE }, 'Open', [suspected], [0]],
  ['nobody while it is paused', { status: 'Paused' }, 'Completed', [suspected], []],
])('a rollout waits for %s', (_, given, waveIs, members, told) => {
  const decisions = tellRest(
    rolloutItem({ status: 'Running', ...given }),
    [waveItem({ status: waveIs })],
    members.map((one) => memberItem(one)),
  );
  expect(decisions.map((one) => (one.type === 'tell-rest' ? one.reasons.length : one.type))).toEqual(told);
});

describe('that a rollout waits for a person', () => {
  const applied = appliedTo(() => new MemoryTable());
  const reasons = [reason('Unsettled', 'It waits for a.')];
  const waits: Decision = { type: 'tell-rest', rollout, waves: [before, wave], reasons };

  test('is kept with it from then on, on record, and told with its reasons', async () => {
    const { rollout: left, record, told } = await applied(waits);
    expect(left).toMatchObject({ ...rollout, waitsSince: at });
    expect(record).toEqual([{ event: 'RolloutWaits', principal: 'liftlock', detail: { reasons } }]);
    const detail = { version: 1, change, rolloutId: 'r', status: rollout.status, about: 'rest', reasons };
    expect(told).toEqual([{ type: 'RolloutChanged', detail }]);
  });

  test('ends on record, and nobody is told', async () => {
    const waiting = { ...rollout, waitsSince: SINCE };
    const {
      rollout: left,
      record,
      told,
    } = await applied({ ...waits, rollout: waiting, reasons: [] }, { rollout: waiting });
    expect([left?.waitsSince, record, told]).toEqual([
      undefined,
      [{ event: 'RolloutGoesOn', principal: 'liftlock', detail: { reasons: [] } }],
      [],
    ]);
  });

  test.each<[string, Rollout | undefined]>([
    ['is gone', undefined],
    ['was paused meanwhile', { ...rollout, status: 'Paused' }],
    ['says it already', { ...rollout, waitsSince: SINCE }],
    ['had a trait cleared meanwhile', { ...rollout, releasedTraits: ['a'] }],
  ])('changes nothing where the rollout %s', async (_, kept) => {
    expect(await applied(waits, { rollout: kept })).toMatchObject(NOTHING);
  });

  test('rests on its waves, and is not said where one was opened again meanwhile', async () => {
    expect((await applied(waits)).checks).toEqual(['ROLLOUT#r WAVE#000 1', 'ROLLOUT#r WAVE#001 1']);
    expect(await applied(waits, { waves: [before, { ...wave, failed: 1 }] })).toMatchObject(NOTHING);
  });
});
