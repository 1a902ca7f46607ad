import { clusterItemsOf } from './cluster-items.ts';

const item = { account: '111111111111', region: 'eu-central-1', name: 'web', depth: 'deep' };

test('an item of discover-clusters is one cluster', () => {
  expect(clusterItemsOf(JSON.stringify(item))).toEqual([item]);
});

test.each([
  ['no JSON', 'web'],
  ['no object', '"web"'],
  ['another account', JSON.stringify({ ...item, account: '1' })],
  ['a name that is none', JSON.stringify({ ...item, name: '../web' })],
  ['another depth', JSON.stringify({ ...item, depth: 'deeper' })],
  ['more than it has', JSON.stringify({ ...item, extra: true })],
])('%s is InvalidInput', (_, body) => {
  expect(() => clusterItemsOf(body)).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
});

test('a forwarded CloudTrail event is the cluster that it names, or none', () => {
  const event = (requestParameters: object) =>
    JSON.stringify({
      source: 'aws.eks',
      'detail-type': 'AWS API Call via CloudTrail',
      account: item.account,
      region: item.region,
      detail: { eventName: 'UpdateClusterVersion', requestParameters },
    });
  expect(clusterItemsOf(event({ name: 'web' }))).toEqual([item]);
  expect(clusterItemsOf(event({}))).toEqual([]);
});
