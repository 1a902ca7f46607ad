import { issuesOf } from '../../../test/material/config/issues-of.ts';

const of = (drain: string) => issuesOf('{ name: w }', { spec: `drain: ${drain}` });

test.each([
  '{}',
  '{ maxUnavailable: 3, pause: 0s, podTimeout: 1h, order: spread, taint: example.com/drained, barePods: evict, emptyDirs: wait }',
  '{ maxUnavailable: "10%" }',
  '{ rules: [{ selector: { matchLabels: { a: b } }, action: skip }, { selector: {}, action: evict, order: 5 }] }',
  '{ rules: [{ selector: { matchExpressions: [{ key: a, operator: Exists }] }, action: waitUntilCompleted }] }',
])('nothing is said of drain: %s', (drain) => expect(of(drain)).toEqual([]));

test.each([
  [
    '{ maxUnavailable: 0 }',
    'p.yaml:7:28: error: spec.drain.maxUnavailable: 0 is refused: it must be a number of nodes (1 or more)',
  ],
  ['{ maxUnavailable: "0%" }', '"0%" is refused: it must be a number of nodes (1 or more) or a share such as "25%"'],
  ['{ maxUnavaliable: 1 }', 'Did you mean maxUnavailable?'],
  ['{ podTimeout: 0s }', 'spec.drain.podTimeout: "0s" lasts no time at all'],
  ['{ pause: 30 }', 'spec.drain.pause: 30 is not a duration'],
  ['{ order: zone }', 'spec.drain.order'],
  ['{ taint: "a b" }', '"a b" is not the key of a taint of your own'],
  ['{ taint: node.kubernetes.io/unschedulable }', 'is not the key of a taint of your own'],
  ['{ barePods: delete }', 'spec.drain.barePods'],
  ['{ rules: [{ action: skip }] }', 'spec.drain.rules[0].selector'],
  ['{ rules: [{ selector: {}, action: drop }] }', 'spec.drain.rules[0].action'],
  ['{ rules: [{ selector: {}, action: skip, order: 3 }] }', 'spec.drain.rules[0].order'],
  ['{ rules: [{ selector: { when: "true" }, action: skip }] }', 'spec.drain.rules[0].selector.when'],
  [
    '{ rules: [{ selector: {}, action: skip }, { selector: { matchLabels: { a: b } }, action: evict }] }',
    'error: spec.drain.rules[1]: no pod ever comes to this rule: rules[0] selects every pod that it does, and the first one decides. Put it before wider ones, correct it, or remove it.',
  ],
  [
    '{ rules: [{ selector: { matchExpressions: [{ key: a, operator: Exists }, { key: a, operator: DoesNotExist }] }, action: skip }] }',
    'spec.drain.rules[0]: no pod ever comes to this rule: its conditions exclude each other',
  ],
])('drain: %s: %s', (drain, message) => {
  const issues = of(drain);
  expect(issues.join('\n')).toContain(message);
  expect(issues[0]).toMatch(/^p\.yaml:7:\d+: error/);
});
