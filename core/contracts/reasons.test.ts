import { memberItem } from '../../test/material/items/rollout-items.ts';
import { Members } from '../store/entities.ts';
import { decode } from '../store/entity.ts';
import { isKnown, kindOf, REASON_FAMILIES, REASONS, readCode, waitsFor } from './reasons.ts';
import { type Reason, reason } from './step-result.ts';

test('no code is in two families', () => {
  const all = Object.values(REASON_FAMILIES).flatMap((family) => Object.keys(family));
  expect(all.toSorted()).toEqual(Object.keys(REASONS).toSorted());
});

test('meanings are sentences, each of another code', () => {
  const meanings = Object.values(REASONS).map(({ meaning }) => meaning);
  for (const meaning of meanings) expect(meaning).toMatch(/^[A-Za-z].*[^.]\.$/);
  expect(new Set(meanings).size).toBe(meanings.length);
});

test('a word that is no code does not compile', () => {
  // @ts-expect-error the code is misspelt
  const said: Reason = reason('ForeignUpdates', 'It runs.');
  // @ts-expect-error nobody says a code that is misspelt, so nobody needs to ask for it
  expect(said.code === 'ForeignUpdated').toBe(false);
  // @ts-expect-error a text that comes from elsewhere is not a code: readCode makes it one
  const read: Reason = { code: String(said.code), message: '' };
  expect(read.code).toBe('ForeignUpdates');
});

describe('a code of another version', () => {
  const reasons = [{ code: 'SaidTomorrow', message: 'It is new.', more: 1 }, reason('Skipped', 'By hand.')];
  const item = { pk: 'p', sk: 's', kind: 'Member', revision: 1, data: { ...memberItem(), reasons } };

  test('is read as it stands, beside those that are known', () => {
    const { data } = decode(Members, item as Parameters<typeof decode>[1]);
    expect(data.reasons.map(({ code }) => code)).toEqual(['SaidTomorrow', 'Skipped']);
    expect(data.reasons.map(({ message }) => message)).toEqual(['It is new.', 'By hand.']);
  });

  test.each(['SaidTomorrow', 'AccessDeniedException', 'toString', '__proto__', ''])(
    '%j counts as lasting: nothing begins or goes on by itself because of it',
    (word) => {
      const code = readCode(word);
      expect([code, isKnown(word), kindOf(code), waitsFor(code)]).toEqual([word, false, 'lasting', undefined]);
    },
  );
});

test('whom others wait with: plans take one answer for all of them', () => {
  const waiting = Map.groupBy(Object.keys(REASONS).map(readCode), waitsFor);
  expect(Object.fromEntries([...waiting].filter(([what]) => what !== undefined))).toEqual({
    cap: ['CapReached'],
    place: ['BudgetInFlight', 'CanaryFirst', 'WaveFull'],
    window: ['Frozen', 'WindowClosed', 'WindowClosing', 'WindowTooShort'],
    turn: ['EarlierWave', 'Soaking', 'WavePending'],
  });
});
