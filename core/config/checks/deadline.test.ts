import { issuesOf } from '../../../test/material/config/issues-of.ts';
import { dayOrInstant } from '../day-or-instant.ts';

const of = (spec: string) => issuesOf('{ name: w }', { spec });

test.each([
  ['deadline: 2026-11-20', 'warning: spec.deadline: 2026-11-20 has passed'],
  ['deadline: 2026-11-20T11:59:59Z', 'has passed'],
  ['deadline: 2026-11-20T13:00:00+02:00', 'has passed'],
  ['deadline: 2027-02-30', 'error: spec.deadline: "2027-02-30" is no day or time'],
  ['deadline: 2027-02-03T25:00Z', 'error: spec.deadline: "2027-02-03T25:00Z" is no day or time'],
  [
    'deadline: { beforeEndOf: standardSuport, margin: 14d }',
    'p.yaml:7:28: error: spec.deadline.beforeEndOf: "standardSuport" is not one of standardSupport, extendedSupport. Did you',
  ],
  [
    'deadline: { beforeEndOf: standardSupport, margn: 14d }',
    'p.yaml:7:45: error: spec.deadline.margn: this field is unknown, and nothing unknown is ignored. Did you mean margin?',
  ],
  [
    'deadline: { beforeEndOf: standardSupport, margin: 2 weeks }',
    'p.yaml:7:53: error: spec.deadline.margin: "2 weeks" is not a duration',
  ],
  [
    'deadline: { margin: 14d }',
    'p.yaml:7:3: error: spec.deadline.beforeEndOf: is missing and has no default. The earliest end of support among the versions that the clusters run. Write standardSupport or extendedSupport.',
  ],
  ['deadline: []', 'p.yaml:7:13: error: spec.deadline: is not a deadline: write 2026-12-02'],
  ['deadline: tomorrow', 'error: spec.deadline: "tomorrow" is not a deadline'],
])('%s: %s', (spec, message) => {
  expect(of(spec)).toEqual([expect.stringContaining(message)]);
});

test.each(['deadline: 2026-11-21', 'deadline: 2026-11-20T12:00:01Z', 'deadline: { beforeEndOf: extendedSupport }'])(
  '%s is fine',
  (spec) => {
    expect(of(spec)).toEqual([]);
  },
);

test('a bare date is its first instant in UTC', () => {
  expect(dayOrInstant('2026-12-02')?.toISOString()).toBe('2026-12-02T00:00:00.000Z');
  expect(dayOrInstant('2026-12-02T01:00:00+01:00')?.toISOString()).toBe('2026-12-02T00:00:00.000Z');
});

test('a target that EKS offers only after the deadline cannot be met', () => {
  const options = { now: new Date('2026-09-01T00:00:00Z') };
  const messages = issuesOf('{ name: w }', { spec: 'deadline: 2026-09-20\ntarget: "1.37"' }, options);
  expect(messages).toContainEqual(
    expect.stringContaining('EKS offers 1.37 from 2026-10-01 on, so no plan can meet 2026-09-20'),
  );
});

test('without a clock no deadline has passed', () => {
  expect(issuesOf('{ name: w }', { spec: 'deadline: 2020-01-01' }, { now: undefined } as never)).toEqual([]);
});
