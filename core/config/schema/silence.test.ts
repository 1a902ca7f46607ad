import { policy } from '../../../test/material/config/documents.ts';
import { formatIssue } from '../issue.ts';
import { parseConfig } from '../parse-config.ts';

const parse = (silences: string) => {
  const text = policy.replace('spec:', `spec:\n  silences: ${silences}`);
  return parseConfig([{ path: 'c.yaml', text }]);
};
const names = (count: number, from = 0) =>
  JSON.stringify(Array.from({ length: count }, (_, index) => `alarm-${from + index}`));
const DURING = 'during: [roll-node-group]';

test.each([
  ['no alarm', `[{ alarms: [], ${DURING} }]`, '5:24', 'is empty: name at least one alarm'],
  ['an alarm twice', `[{ alarms: [a, a], ${DURING} }]`, '5:24', 'names an alarm twice'],
  ['an ARN', `[{ alarms: ["arn:aws:cloudwatch:r:1:alarm:a"], ${DURING} }]`, '5:25', 'without an ARN'],
  ['a name without an end', `[{ alarms: [${'a'.repeat(256)}], ${DURING} }]`, '5:25', 'longer than 255'],
  ['101 alarms', `[{ alarms: ${names(101)}, ${DURING} }]`, '5:24', 'more than 100 alarms'],
  [
    '101 alarms of two rules in one step',
    `[{ alarms: ${names(60)}, ${DURING} }, { alarms: ${names(41, 60)}, ${DURING} }]`,
    '5:13',
    'silences 101 alarms during roll-node-group; CloudWatch takes 100',
  ],
  ['no step', '[{ alarms: [a], during: [] }]', '5:37', 'is empty: name at least one step'],
  ['a step that changes nothing', '[{ alarms: [a], during: [smoke-check] }]', '5:38', 'no step that silences'],
  ['a step twice', '[{ alarms: [a], during: [update-addons, update-addons] }]', '5:37', 'names a step twice'],
  ['seconds', `[{ alarms: [a], ${DURING}, longest: 59s }]`, '5:65', 'shorter than a minute'],
  ['more than a day', `[{ alarms: [a], ${DURING}, longest: 25h }]`, '5:65', 'longer than 24 hours'],
  ['no duration', `[{ alarms: [a], ${DURING}, longest: long }]`, '5:65', 'is not a duration'],
  ['eleven rules', `[${Array(11).fill(`{ alarms: [a], ${DURING} }`).join(', ')}]`, '5:13', 'more than 10 rules'],
])('silences with %s are refused with their place', (_, silences, place, words) => {
  const errors = parse(silences).errors.map(formatIssue);
  expect(errors).toEqual([expect.stringMatching(new RegExp(`^c\\.yaml:${place}: error: .*${words}`))]);
});

test('a hundred alarms in each of three steps, for up to a day, are taken; four hours are the default', () => {
  const steps = ['update-addons', 'upgrade-control-plane', 'roll-node-group'];
  const rules = steps.map((step) => `{ alarms: ${names(100)}, during: [${step}], longest: 24h }`);
  expect(parse(`[${rules.join(', ')}]`).errors).toEqual([]);
  const { policies } = parse(`[{ alarms: ["{cluster}: errors"], ${DURING} }]`);
  expect(policies[0]?.spec.silences).toEqual([
    { alarms: ['{cluster}: errors'], during: ['roll-node-group'], longest: '4h' },
  ]);
});
