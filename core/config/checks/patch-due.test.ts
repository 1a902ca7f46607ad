import { issuesOf } from '../../../test/material/config/issues-of.ts';

const of = (patch: string) => issuesOf('{ name: w }', { spec: `patch: { ${patch} }` });

test.each([
  'nodes: { maxAge: 60d }',
  'nodes: {}, within: 30d',
  'addons: {}, within: 30d',
  'nodes: { maxAge: 30d }, within: 30d',
  'nodes: { maxAge: 30d }, within: 45d',
])('nothing is said of the patch %s', (patch) => expect(of(patch)).toEqual([]));

test('images that are to be replaced sooner than the policy has them replaced are always overdue', () => {
  expect(of('nodes: { maxAge: 60d }, within: 30d').map((said) => said.replace(/^p.yaml:[0-9:]* /, ''))).toEqual([
    'warning: spec.patch.within: groups keep their image until it is 60d old (nodes.maxAge), and are overdue as soon as they are to be rolled. Write 60d or more, or a shorter maxAge.',
  ]);
});
