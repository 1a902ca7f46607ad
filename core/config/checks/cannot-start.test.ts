import { issuesOf } from '../../../test/material/config/issues-of.ts';

const of = (spec: string) => issuesOf('{ name: w }', { spec });

test.each(['', 'cannotStart: wait', 'cannotStart: { leaveBehindAfter: 1d }', 'cannotStart: { leaveBehindAfter: 14d }'])(
  'nothing is said of "%s"',
  (spec) => expect(of(spec)).toEqual([]),
);

test.each([
  [
    'cannotStart: { leaveBehindAfter: 6h }',
    'p.yaml:7:36: warning: spec.cannotStart.leaveBehindAfter: a cluster is left behind 6h after its wave has opened, before people have seen why it never starts. Write 1d or more.',
  ],
  [
    'cannotStart: skip',
    'error: spec.cannotStart: "skip" is neither wait nor a time after which a cluster is left behind',
  ],
  ['cannotStart: { leaveBehindAfter: 0s }', 'spec.cannotStart.leaveBehindAfter: "0s" lasts no time at all'],
  [
    'cannotStart: { leaveBehind: 14d }',
    'error: spec.cannotStart: is neither wait nor a time after which a cluster is left behind: write wait, or { leaveBehindAfter: 14d }',
  ],
])('%s: %s', (spec, message) => {
  expect(of(spec).join()).toContain(message);
});
