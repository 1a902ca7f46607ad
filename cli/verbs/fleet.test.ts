import type { FleetStatus } from '../../core/queries/fleet-status.ts';
import { inFlightText, placesText } from './fleet.ts';

test('what acts is told apart from what is parked, which a rollout counts as in flight as well', () => {
  const parked = { upgradesParked: 3, upgradesWatched: 2 };
  expect(inFlightText({ upgradesInFlight: 0, ...parked, capCounts: {} })).toBe(
    '0 act now, 3 parked, 2 of those watched',
  );
  expect(inFlightText({ upgradesInFlight: 1, ...parked, capCounts: { total: 1 } })).toContain(
    '1 act now (total: 1), 3',
  );
});

test('one place is told as one', () => {
  const of = (count: number) => placesText({ accounts: Array.from({ length: count }) } as unknown as FleetStatus);
  expect([of(1), of(2)]).toEqual(['1 account and Region', '2 accounts and Regions']);
});
