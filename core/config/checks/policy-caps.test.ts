import { fleetWith, issuesOf } from '../../../test/material/config/issues-of.ts';

const fleet = fleetWith(
  'caps: { total: 10, perAccount: 2, perLabel: { team: 1 } }\n  labels: { fromTags: { team: team } }',
);
const of = (caps: string) => issuesOf('{ name: w }', { spec: `caps: ${caps}`, others: fleet });

test.each([
  ['{ total: 11 }', 'spec.caps.total: the Fleet allows 10'],
  ['{ perAccount: 3 }', 'spec.caps.perAccount: the Fleet allows 2'],
  ['{ perLabel: { team: 2 } }', 'spec.caps.perLabel.team: the Fleet allows 1'],
  ['{ perLabel: { tier: 1 } }', 'no tag gives clusters the label "tier"'],
])('caps %s: %s', (caps, message) => {
  expect(of(caps)).toEqual([expect.stringContaining(message)]);
});

test('caps as tight as the Fleet, or tighter, or where it has none, are fine', () => {
  expect(of('{ total: 10, perAccount: 1, perRegion: 50, perLabel: { team: 1 } }')).toEqual([]);
});

test('without the Fleet in the same files nobody knows', () => {
  expect(issuesOf('{ name: w }', { spec: 'caps: { total: 100, perLabel: { tier: 1 } }' })).toEqual([]);
});
