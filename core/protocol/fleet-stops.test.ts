import type { FleetControl } from '../contracts/items/rollout.ts';
import { stopsOf, stopText, withStop } from './fleet-stops.ts';

const stop = (by: string, reason = 'incident') => ({ by, reason, at: '2026-11-20T12:00:00.000Z' });

/** Everyone whose stop counts, after these have stopped the fleet one after the other. */
const stoppedBy = (...all: readonly ReturnType<typeof stop>[]) =>
  stopsOf(all.reduce<FleetControl | undefined>(withStop, undefined)).map(stopText);

test('the fleet is stopped by all who have stopped it, the first one first', () => {
  expect(stoppedBy()).toEqual([]);
  expect(stoppedBy(stop('ann'))).toEqual(['ann: incident']);
  expect(stoppedBy(stop('ann'), stop('bob'), stop('cid'))).toEqual(['ann: incident', 'bob: incident', 'cid: incident']);
});

test('one who says the same again has said it once, and another reason is another stop', () => {
  expect(stoppedBy(stop('ann'), stop('bob'), stop('ann'), stop('bob'))).toEqual(['ann: incident', 'bob: incident']);
  expect(stoppedBy(stop('ann'), stop('ann', 'audit'))).toEqual(['ann: incident', 'ann: audit']);
});

test('the first stop and twenty beside it are kept', () => {
  const many = Array.from({ length: 30 }, (_, index) => stop(`p${index}`));
  expect(stoppedBy(...many)).toEqual(many.slice(0, 21).map(stopText));
});

test('what stopped a fleet that has gone on since stops it no more', () => {
  const resumed: FleetControl = { stopped: false, ...stop('ann'), beside: [stop('bob')] };
  expect(stopsOf(resumed)).toEqual([]);
  expect(stopsOf(withStop(resumed, stop('cid'))).map(stopText)).toEqual(['cid: incident']);
});

test('a stop of a release that kept neither name nor reason is one all the same', () => {
  expect(stopsOf({ stopped: true }).map(stopText)).toEqual(['somebody: no reason given']);
  expect(stopsOf(withStop({ stopped: true }, stop('ann'))).map(stopText)).toEqual([
    'somebody: no reason given',
    'ann: incident',
  ]);
});
