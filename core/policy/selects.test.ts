import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { selects } from './policy-of.ts';

const asked = (selector: object, labels: Record<string, string> = {}) =>
  selects(policyWith({ selector: JSON.stringify(selector) }).spec.selector, clusterRecord({ labels, version: '1.34' }));
const everything = { matchLabels: {}, matchExpressions: [] };
/** An expression of this length that contains `what`. */
const long = (characters: number, what: string) => `${what}${' '.repeat(characters - what.length - 7)}&& true`;

test.each<[string, object, Record<string, string>, boolean, readonly string[]]>([
  ['labels that hold', { matchLabels: { env: 'prod' } }, { env: 'prod' }, true, ['label env is prod']],
  ['labels that do not', { matchLabels: { env: 'prod' } }, {}, false, ['needs: label env is prod; it is missing']],
  [
    'labels and an expression that hold',
    { matchLabels: { env: 'prod' }, when: 'cluster.minor == 34' },
    { env: 'prod' },
    true,
    ['label env is prod', 'cluster.minor == 34 is true'],
  ],
  [
    'an expression that is false',
    { when: 'cluster.minor == 33' },
    {},
    false,
    ['needs: cluster.minor == 33; it is false'],
  ],
])('why a selector takes a cluster or not is told: %s', (_, selector, labels, matches, reasons) => {
  expect(asked(selector, labels)).toStrictEqual({ matches, reasons });
});

test('an expression without an answer takes nothing, and says which one and why', () => {
  const when = 'cluster.labels.team == "a"';
  const { matches, reasons, error } = asked({ when });
  expect(matches).toBe(false);
  expect(error).toContain('No such key: team');
  expect(reasons).toStrictEqual([`the expression ${when} has no answer: ${error}`]);
});

test('an expression that this version cannot compile takes nothing', () => {
  for (let round = 0; round < 2; round += 1) {
    const { matches, reasons, error } = selects({ ...everything, when: 'cluster.minor ==' }, clusterRecord());
    expect(matches).toBe(false);
    expect(error).not.toBe('');
    expect(reasons).toStrictEqual([`the expression cluster.minor == has no answer: ${error}`]);
  }
});

test('a long expression is told shortened', () => {
  const [told] = asked({ when: long(120, 'cluster.minor == 34') }).reasons.slice(-1);
  expect(told).toBe(`${long(120, 'cluster.minor == 34')} is true`);
  const [cut] = asked({ when: long(121, 'cluster.minor == 34') }).reasons.slice(-1);
  expect(cut).toBe(`${long(121, 'cluster.minor == 34').slice(0, 119)}… is true`);
});

test('more different expressions than are kept have the same answers', () => {
  const answers = Array.from({ length: 1001 }, (_, index) =>
    selects({ ...everything, when: `cluster.minor == ${index}` }, clusterRecord()),
  );
  expect(answers.flatMap(({ matches }, minor) => (matches ? [minor] : []))).toEqual([34]);
});
