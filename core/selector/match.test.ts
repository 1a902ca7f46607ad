import type { LabelSelector } from './label-selector.ts';
import { matchesSelector, matchSelector } from './match.ts';

const selector = (parts: Partial<LabelSelector>): LabelSelector => ({
  matchLabels: {},
  matchExpressions: [],
  ...parts,
});
const expression = (key: string, operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist', values: string[] = []) =>
  selector({ matchExpressions: [{ key, operator, values }] });

const labels = { env: 'prod', team: 'payments', empty: '' };

test.each([
  ['an empty selector', selector({}), true],
  ['equal labels', selector({ matchLabels: { env: 'prod' } }), true],
  ['a different value', selector({ matchLabels: { env: 'dev' } }), false],
  ['a missing label', selector({ matchLabels: { region: 'x' } }), false],
  ['all of several', selector({ matchLabels: { env: 'prod', team: 'payments' } }), true],
  ['one of several wrong', selector({ matchLabels: { env: 'prod', team: 'search' } }), false],
  ['In with the value', expression('env', 'In', ['dev', 'prod']), true],
  ['In without it', expression('env', 'In', ['dev']), false],
  ['In on a missing label', expression('zone', 'In', ['a']), false],
  ['NotIn with the value', expression('env', 'NotIn', ['prod']), false],
  ['NotIn on a missing label', expression('zone', 'NotIn', ['a']), true],
  ['Exists', expression('empty', 'Exists'), true],
  ['Exists on a missing label', expression('zone', 'Exists'), false],
  ['DoesNotExist', expression('zone', 'DoesNotExist'), true],
  ['DoesNotExist on a label that is there', expression('empty', 'DoesNotExist'), false],
  ['a key that every object inherits', expression('constructor', 'Exists'), false],
])('%s: matches is %s', (_, given, matches) => {
  expect([matchSelector(given, labels).matches, matchesSelector(given, labels)]).toEqual([matches, matches]);
});

test('labels and expressions must both hold', () => {
  const both = selector({
    matchLabels: { env: 'prod' },
    matchExpressions: [{ key: 'team', operator: 'NotIn', values: ['payments'] }],
  });
  expect(matchSelector(both, labels)).toEqual({
    matches: false,
    reasons: ['needs: label team is not payments; it is "payments"'],
  });
});

test('reasons list all that fails, in words', () => {
  const given = selector({
    matchLabels: { env: 'dev' },
    matchExpressions: [{ key: 'zone', operator: 'In', values: ['a', 'b'] }],
  });
  expect(matchSelector(given, labels).reasons).toEqual([
    'needs: label env is dev; it is "prod"',
    'needs: label zone is one of a, b; it is missing',
  ]);
});

test('a match says what held', () => {
  expect(matchSelector(expression('env', 'NotIn', ['dev', 'test']), labels).reasons).toEqual([
    'label env is none of dev, test',
  ]);
});
