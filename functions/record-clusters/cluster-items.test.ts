import { clusterItemsOf } from './function.ts';

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

test.each([
  ['Liftlock itself', 'assumed-role/LiftlockSpoke/liftlock-roll-node-group', 'shallow'],
  ['a person in its role', 'assumed-role/LiftlockSpoke/jane', 'deep'],
  ['a function that only looks', 'assumed-role/LiftlockSpoke/liftlock-scan-cluster', 'deep'],
  ['a user of that name', 'user/liftlock-roll-node-group', 'deep'],
])('a call by %s has the cluster looked at as far as it tells something new', (_, identity, depth) => {
  const detail = {
    eventName: 'UpdateNodegroupVersion',
    requestParameters: { name: 'web' },
    userIdentity: { arn: `arn:aws:sts::111111111111:${identity}` },
  };
  expect(
    clusterItemsOf(
      JSON.stringify({ source: 'aws.eks', 'detail-type': 'AWS API Call via CloudTrail', ...item, detail }),
    ),
  ).toEqual([{ ...item, depth }]);
});
