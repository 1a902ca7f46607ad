import { waveItem } from '../../test/material/items/rollout-items.ts';
import { waveSchema } from '../config/schema/wave.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { gatesAfter, gatesChanged, isGivenUp, isWatched, soakOf, waveBefore } from './wave-soak.ts';

const wave = (more: Partial<Wave> = {}): Wave =>
  waveItem({ status: 'Soaking', succeeded: 1, lastSuccessAt: '2026-11-20T08:00:00.000Z', ...more });
const spec = (more: object) => waveSchema.parse({ name: 'all', ...more });
const at = (time: string) => new Date(`2026-11-20T${time}:00Z`);
const gates = (time: string, status: 'green' | 'red' | 'unknown', notGreenAt?: string) => ({
  checkedAt: at(time).toISOString(),
  readings: [{ gate: 'errors', status, message: '' }],
  ...(notGreenAt === undefined ? {} : { notGreenAt: at(notGreenAt).toISOString() }),
});
const watched = { soak: '6h', gates: [{ alarm: 'errors' }] };

test.each([
  ['before its end', { soak: '6h' }, {}, '13:59', false, '14:00'],
  ['at its end', { soak: '6h' }, {}, '14:00', true, '14:00'],
  ['promoted', { soak: '6h' }, { promotedBy: 'x' }, '08:01', true, '08:01'],
  ['green and long enough', watched, { gates: gates('13:58', 'green') }, '14:00', true, '14:00'],
  ['red at its end', watched, { gates: gates('14:00', 'red') }, '14:00', false, undefined],
  ['unknown at its end', watched, { gates: gates('14:00', 'unknown') }, '14:00', false, undefined],
  ['never read', watched, {}, '20:00', false, undefined],
  ['read too long ago', watched, { gates: gates('13:54', 'green') }, '14:00', false, undefined],
  ['red an hour ago', watched, { gates: gates('14:00', 'green', '13:00') }, '14:00', false, '19:00'],
  ['red six hours ago', watched, { gates: gates('19:00', 'green', '13:00') }, '19:00', true, '19:00'],
  [
    'gates without a soak',
    { gates: [{ alarm: 'errors' }] },
    { gates: gates('08:01', 'green') },
    '08:01',
    true,
    '08:00',
  ],
])('%s', (_, rules, more, now, isOver, until) => {
  const soak = soakOf(wave(more), spec(rules), at(now));
  expect({ isOver: soak.isOver, until: soak.until?.toISOString() }).toEqual({
    isOver,
    until: until === undefined ? undefined : at(until).toISOString(),
  });
});

test('a gap of more than five minutes between two readings counts as not green', () => {
  const green = [{ gate: 'errors', status: 'green', message: '' }] as const;
  const first = gatesAfter(undefined, green, at('08:00'));
  expect(first.notGreenAt).toBeUndefined();
  expect(gatesAfter(first, green, at('08:05')).notGreenAt).toBeUndefined();
  expect(gatesAfter(first, green, at('08:06')).notGreenAt).toBe(at('08:06').toISOString());
  expect(gatesAfter(undefined, green, at('08:05'), at('08:00').toISOString()).notGreenAt).toBeUndefined();
  expect(gatesAfter(undefined, green, at('08:06'), at('08:00').toISOString()).notGreenAt).toBe(
    at('08:06').toISOString(),
  );
  const red = gatesAfter(first, [{ gate: 'errors', status: 'red', message: '' }], at('08:01'));
  expect(red.notGreenAt).toBe(at('08:01').toISOString());
  expect(gatesChanged(first, red)).toBe(true);
  expect(gatesAfter(red, green, at('08:02')).notGreenAt).toBe(at('08:01').toISOString());
});

test.each([
  ['a soak', { soak: '1h' }, true],
  ['gates', { gates: [{ alarm: 'errors' }] }, true],
  ['nothing', {}, false],
])('a wave with %s is watched or not', (_, rules, watches) => {
  expect(isWatched(spec(rules))).toBe(watches);
  expect(isWatched(undefined)).toBe(true);
});

const reading = (gate: string, status: 'green' | 'red' | 'unknown') => ({ gate, status, message: 'rate is 4 %.' });
const said = (readings: readonly ReturnType<typeof reading>[], checkedAt = '08:10') => {
  const read = { checkedAt: at(checkedAt).toISOString(), readings: [...readings] };
  return soakOf(wave({ gates: read }), spec(watched), at('08:10')).reasons;
};

test.each([
  [
    'is red',
    [reading('errors', 'red')],
    'GateRed',
    'The gate errors of the wave all is red: rate is 4 %. Its soak starts again when all are green.',
  ],
  [
    'is unknown beside others that are not green',
    [reading('a', 'green'), reading('b', 'unknown'), reading('c', 'red')],
    'GateUnknown',
    'The gate b of the wave all is unknown: rate is 4 %. 1 more are not green either. Its soak starts again when all are green.',
  ],
] as const)('the first gate that is not green is told: it %s', (_, readings, code, message) => {
  expect(said(readings)).toStrictEqual([{ code, message }]);
});

test('a soak that goes on, and gates that nobody reads, are told with what is missing', () => {
  expect(said([reading('errors', 'green')])).toStrictEqual([
    { code: 'Soaking', message: 'The wave all soaks until 2026-11-20T14:00:00.000Z: 6h after its last success.' },
  ]);
  expect(said([reading('errors', 'green')], '08:05')).toMatchObject([{ code: 'Soaking' }]);
  expect(said([reading('errors', 'green')], '08:04')).toStrictEqual([
    { code: 'GatesUnknown', message: 'The gates of the wave all have not been read in the last five minutes.' },
  ]);
  // The state of a gate that was added since the last reading is not known.
  expect(said([reading('other', 'green')])).toMatchObject([{ code: 'GatesUnknown' }]);
  expect(soakOf(wave(), undefined, at('08:10'))).toMatchObject({ isOver: false, reasons: [{ code: 'NoWave' }] });
  expect(soakOf(wave({ promotedBy: 'carl' }), undefined, at('08:10'))).toMatchObject({ isOver: true, reasons: [] });
  expect(soakOf(wave({ lastSuccessAt: undefined }), spec({ soak: '6h' }), at('08:10')).isOver).toBe(true);
});

test('readings are news where one gate says something else than before, or is new', () => {
  const before = { checkedAt: at('08:00').toISOString(), readings: [reading('a', 'green'), reading('b', 'red')] };
  const after = (...readings: ReturnType<typeof reading>[]) => ({ ...before, readings });
  expect(gatesChanged(before, after(reading('a', 'green'), reading('b', 'red')))).toBe(false);
  expect(gatesChanged(before, after(reading('a', 'green'), reading('b', 'green')))).toBe(true);
  expect(gatesChanged(before, after(reading('a', 'green'), reading('c', 'red')))).toBe(true);
  expect(gatesChanged(undefined, after(reading('a', 'green')))).toBe(true);
  const mixed = gatesAfter(before, [reading('a', 'green'), reading('b', 'red')], at('08:01'));
  expect(mixed.notGreenAt).toBe(at('08:01').toISOString());
  expect(gatesAfter(before, [reading('a', 'green')], at('08:01'))).not.toHaveProperty('notGreenAt');
});

test('while a cluster of the wave goes back it soaks on, whoever has promoted it and whatever its policy says', () => {
  const back = { goingBack: ['web'] };
  for (const given of [back, { ...back, promotedBy: 'carl' }])
    expect(soakOf(wave(given), spec({}), at('20:00'))).toMatchObject({
      isOver: false,
      until: undefined,
      reasons: [{ code: 'GoesBack' }],
    });
  const unread = (given: Partial<Wave>) => soakOf(wave(given), undefined, at('20:00')).reasons;
  expect(unread(back)).toMatchObject([{ code: 'NoWave', message: expect.stringContaining('before the rollback of') }]);
  expect(unread({})).toMatchObject([
    { message: expect.stringMatching(/An approver may go on: liftlock rollout promote r$/) },
  ]);
});

test('a wave without a soak is over with its last success', () => {
  expect(soakOf(wave(), spec({}), at('08:00')).isOver).toBe(true);
  expect(soakOf(wave(), spec({}), at('07:59'))).toMatchObject({ isOver: false });
});

test('a wave whose policy had no rules for it is given up, whatever else it says', () => {
  const because = (...codes: ('NoWave' | 'Soaking')[]) =>
    wave({ reasons: codes.map((code) => ({ code, message: '' })) });
  expect(isGivenUp(because('Soaking', 'NoWave'))).toBe(true);
  expect(isGivenUp(because('Soaking'))).toBe(false);
  expect(isGivenUp(because())).toBe(false);
});

test('the wave before is the last one with a smaller index that was not skipped, in whatever order they are read', () => {
  const [first, second, skipped, own] = [
    wave({ index: 0, name: 'a' }),
    wave({ index: 1, name: 'b' }),
    wave({ index: 2, name: 'c', status: 'Skipped' }),
    wave({ index: 3, name: 'd' }),
  ];
  if (first === undefined || own === undefined) throw new Error('unreachable');
  expect(
    waveBefore(
      [own, second, skipped, first].flatMap((one) => one ?? []),
      own,
    )?.name,
  ).toBe('b');
  expect(waveBefore([own, first], own)?.name).toBe('a');
  expect(waveBefore([own, first], first)).toBeUndefined();
});
