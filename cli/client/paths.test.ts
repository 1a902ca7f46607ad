import { clusterParam, namedAsAsked, part } from './paths.ts';

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

const ID = '111111111111.eu-central-1.web';
test.each([
  ['liftlock retry cluster web.', `liftlock retry cluster ${ID}.`],
  ['liftlock drain nodegroup ml --cluster web --approve', `liftlock drain nodegroup ml --cluster ${ID} --approve`],
  ['web is at 1.36: liftlock explain cluster web-2, or web', 'web is at 1.36: liftlock explain cluster web-2, or web'],
  [`liftlock scan cluster ${ID}`, `liftlock scan cluster ${ID}`],
])('who asks for a cluster by its place reads %j as %j, and who asks by its name as it is', (said, read) => {
  const asked = (id: string) => namedAsAsked(said, `/v1/clusters/${clusterParam(id).id}/explain`);
  expect([asked(ID), asked('web'), namedAsAsked(said, '/v1/rollouts/r')]).toEqual([read, said, said]);
});

test('commands for a deleted cluster have its time of creation, too', () => {
  const { id } = clusterParam(`${ID}@2026-01-01T00:00:00.000Z`);
  const read = namedAsAsked('liftlock explain cluster web', `/v1/clusters/${id}`);
  expect(read).toBe(`liftlock explain cluster ${ID}@2026-01-01T00:00:00.000Z`);
});
