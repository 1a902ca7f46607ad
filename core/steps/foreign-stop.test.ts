import { reason } from '../contracts/step-result.ts';
import { foreignStop, type StepContext } from './context.ts';

const why = reason('ForeignUpdate', 'somebody else changes it');
const START = new Date('2026-11-20T08:00:00Z');

function stopAfter(minutes: number) {
  const now = new Date(START.getTime() + minutes * 60_000);
  const context = { startedAt: now, upgrade: { startedAt: START.toISOString() } } as unknown as StepContext;
  const result = foreignStop({ clock: { now: () => now } } as Parameters<typeof foreignStop>[0], context, why);
  const wait = result.resumeAt === undefined ? undefined : (Date.parse(result.resumeAt) - now.getTime()) / 60_000;
  return { status: result.status, wait };
}

test.each([
  [0, 5],
  [40, 5],
  [80, 10],
  [24 * 60, 180],
  [6 * 24 * 60, 240],
])('after %d minutes somebody else is waited for %d more', (minutes, wait) => {
  expect(stopAfter(minutes)).toEqual({ status: 'parked', wait });
});

test('after seven days it is blocked, with the same reason', () => {
  expect(stopAfter(7 * 24 * 60)).toEqual({ status: 'blocked', wait: undefined });
});
