import { policy } from '../../../test/material/config/documents.ts';
import { formatIssue } from '../issue.ts';
import { parseConfig } from '../parse-config.ts';

const parse = (updateConfig: string) => {
  const text = policy.replace('spec:', `spec:\n  nodes: { updateConfig: ${updateConfig} }`);
  return parseConfig([{ path: 'c.yaml', text }]);
};

test.each([
  ['no nodes at once', '{ maxUnavailable: 0 }', '5:44', 'is less than 1'],
  ['more nodes at once than EKS takes', '{ maxUnavailable: 101 }', '5:44', 'is more than 100'],
  ['half a node at once', '{ maxUnavailable: 1.5 }', '5:44', 'whole number'],
  ['a share as text', '{ maxUnavailable: "10%" }', '5:44', 'must be a number'],
  ['no share', '{ maxUnavailablePercentage: 0 }', '5:54', 'is less than 1'],
  ['more than all nodes', '{ maxUnavailablePercentage: 101 }', '5:54', 'is more than 100'],
  [
    'a number and a share',
    '{ maxUnavailable: 1, maxUnavailablePercentage: 10 }',
    '5:26',
    'needs one of maxUnavailable',
  ],
  ['a strategy alone', '{ updateStrategy: MINIMAL }', '5:26', 'needs one of maxUnavailable'],
  ['a strategy that EKS does not know', '{ maxUnavailable: 1, updateStrategy: ROLLING }', '5:63', 'DEFAULT, MINIMAL'],
])('update settings with %s are refused with their place', (_, updateConfig, place, words) => {
  const errors = parse(updateConfig).errors.map(formatIssue);
  expect(errors).toEqual([expect.stringMatching(new RegExp(`^c\\.yaml:${place}: error: .*${words}`))]);
});

test.each([
  { maxUnavailable: 1 },
  { maxUnavailable: 100 },
  { maxUnavailablePercentage: 100, updateStrategy: 'MINIMAL' },
])('update settings as EKS takes them are taken: %j', (updateConfig) => {
  const { policies, errors } = parse(JSON.stringify(updateConfig));
  expect([errors, policies[0]?.spec.nodes]).toEqual([[], { updateConfig }]);
});
