import { fleet } from '../../test/material/config/documents.ts';
import { formatIssue } from './issue.ts';
import { parseConfig } from './parse-config.ts';

test('a Scenario beside the Fleet is refused with where it goes', () => {
  const scenario = 'apiVersion: liftlock/v1alpha1\nkind: Scenario\nspec: {}\n';
  const { errors } = parseConfig([{ path: 'c.yaml', text: `${fleet}---\n${scenario}` }]);
  expect(errors.map(formatIssue)).toEqual([
    expect.stringMatching(
      /^c\.yaml:\d+:7: error: kind: "Scenario" is not .* a Scenario, goes into a file of its own\.$/,
    ),
  ]);
});
