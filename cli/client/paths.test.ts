import { clusterParam, part } from './paths.ts';

test.each([
  ['shop', 'shop'],
  ['clusters/shop', 'shop'],
  ['arn:aws:eks:eu-central-1:111111111111:cluster/shop', '111111111111.eu-central-1.shop'],
  [
    'arn:aws:eks:eu-central-1:111111111111:cluster/shop@2026-01-01T00:00:00.000Z',
    '111111111111.eu-central-1.shop%402026-01-01T00%3A00%3A00.000Z',
  ],
  ['clusters/111111111111.eu-central-1.shop', '111111111111.eu-central-1.shop'],
])('the cluster %s is asked for as %s', (said, id) => {
  expect(clusterParam(said)).toEqual({ id });
});

test.each([
  ['standard-1-37-0a1b2c3d', 'standard-1-37-0a1b2c3d'],
  ['rollouts/standard-1-37-0a1b2c3d', 'standard-1-37-0a1b2c3d'],
  ['a b?c', 'a%20b%3Fc'],
  ['', '\0'],
])('what is called %j stands in a path as %j', (name, text) => {
  expect(part(name)).toBe(text);
});

test('a name with a slash, which would be another route, is refused with what names there are', () => {
  for (const path of [() => part('a/b'), () => clusterParam('a/b')])
    expect(path).toThrow('liftlock: nothing is called a/b. Run: liftlock get clusters -o name, liftlock get rollouts');
});
