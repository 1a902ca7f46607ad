import { waveSchema } from '../config/schema/wave.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { waveItem } from '../contracts/items/testing/rollout-items.ts';
import { gatesAfter, gatesChanged, soakOf } from './wave-soak.ts';

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
  const red = gatesAfter(first, [{ gate: 'errors', status: 'red', message: '' }], at('08:01'));
  expect(red.notGreenAt).toBe(at('08:01').toISOString());
  expect(gatesChanged(first, red)).toBe(true);
  expect(gatesAfter(red, green, at('08:02')).notGreenAt).toBe(at('08:01').toISOString());
});
