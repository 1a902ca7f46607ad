import { matchSelector } from '../selector/match.ts';
import { parseLabelSelector } from './label-selector-text.ts';

test.each([
  ['env=prod', true],
  ['env==prod', true],
  ['env!=prod', false],
  ['env=dev', false],
  ['env in (dev, prod)', true],
  ['env notin (dev,prod)', false],
  ['team', true],
  ['!team', false],
  ['!legacy', true],
  ['env=prod,team=web,!legacy', true],
  ['env=prod,team in (a,b)', false],
  ['empty=', true],
  ['owner=Platform Team', true],
  ['owner!=Platform Team,env = prod', false],
  ['owner in (Platform Team)', true],
])('%s', (text, matches) => {
  const labels = { env: 'prod', team: 'web', empty: '', owner: 'Platform Team' };
  expect(matchSelector(parseLabelSelector(text), labels).matches).toBe(matches);
});

test.each([
  '',
  ',',
  'env=',
  'a=b=c',
  'env=prod team=web',
  'env in prod',
  'env in (a',
  'a b',
  '=x',
  '!',
  'x'.repeat(3000),
])('"%s" is refused or means exactly what it says', (text) => {
  if (text === 'env=') expect(parseLabelSelector(text).matchExpressions).toHaveLength(1);
  else expect(() => parseLabelSelector(text)).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
});
