import { inFlightText } from './fleet.ts';

test('what acts is told apart from what is parked, which a rollout counts as in flight as well', () => {
  const parked = { upgradesParked: 3, upgradesWatched: 2 };
  expect(inFlightText({ upgradesInFlight: 0, ...parked, capCounts: {} })).toBe(
    '0 act now, 3 parked, 2 of those watched',
  );
  expect(inFlightText({ upgradesInFlight: 1, ...parked, capCounts: { total: 1 } })).toContain(
    '1 act now (total: 1), 3',
  );
});
