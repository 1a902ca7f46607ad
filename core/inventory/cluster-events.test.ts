import { clusterItemsFromEvent } from './cluster-events.ts';

const ACCOUNT = '111111111111';
const REGION = 'eu-central-1';
const UUID = '6575cfef-b9b5-4175-af3b-f318f956552b';
const arn = (resource: string, partition = 'aws') => `arn:${partition}:eks:${REGION}:${ACCOUNT}:${resource}`;

/** An event of AWS Health, from the forwarder of one Region. */
const health = (entities: readonly string[], place = { account: ACCOUNT, region: REGION }) => ({
  source: 'aws.health',
  'detail-type': 'AWS Health Event',
  ...place,
  detail: { service: 'EKS', affectedEntities: entities.map((entityValue) => ({ entityValue })) },
});
const web = { account: ACCOUNT, region: REGION, name: 'web', depth: 'shallow' };

test.each([
  ['a cluster', 'cluster/web'],
  ['a node group', `nodegroup/web/workers/${UUID}`],
  ['an add-on', `addon/web/vpc-cni/${UUID}`],
  ['a Fargate profile', `fargateprofile/web/batch/${UUID}`],
])('AWS Health names %s, and its cluster is looked at', (_, resource) => {
  expect(clusterItemsFromEvent(health([arn(resource)]))).toEqual([web]);
  expect(clusterItemsFromEvent(health([arn(resource, 'aws-us-gov')]))).toEqual([web]);
});

test('a cluster that several entities belong to is looked at once', () => {
  const entities = [
    `nodegroup/web/blue/${UUID}`,
    'cluster/shop',
    `addon/web/coredns/${UUID}`,
    `nodegroup/web/green/${UUID}`,
  ];
  expect(clusterItemsFromEvent(health(entities.map((one) => arn(one))))).toEqual([web, { ...web, name: 'shop' }]);
});

test('the entity says where its cluster is: Health also tells other Regions and accounts of it', () => {
  const elsewhere = { account: '222222222222', region: 'us-west-2' };
  expect(clusterItemsFromEvent(health([arn('cluster/web')], elsewhere))).toEqual([web]);
});

test.each([
  'web',
  UUID,
  '',
  '/',
  arn('cluster/'),
  arn('cluster/web/more'),
  arn('nodegroup/web'),
  arn('nodegroup//workers'),
  arn(`access-entry/web/role/${ACCOUNT}/jane/${UUID}`),
  arn('dashboard/web'),
  `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-1`,
  `arn:aws:eks:${REGION}::cluster/web`,
  `arn:aws:eks::${ACCOUNT}:cluster/web`,
])('an entity that is nothing of a cluster is about none: %s', (entity) => {
  expect(clusterItemsFromEvent(health([entity]))).toEqual([]);
});

test('an event without entities is about no cluster', () => {
  expect(clusterItemsFromEvent(health([]))).toEqual([]);
  expect(clusterItemsFromEvent({ ...health([]), detail: { service: 'EKS' } })).toEqual([]);
});

const lifecycle = (detail: object, entities: readonly object[]) => ({
  ...health([]),
  detail: {
    eventArn: `arn:aws:health:${REGION}::event/EKS/AWS_EKS_PLANNED_LIFECYCLE_EVENT/1`,
    service: 'EKS',
    eventTypeCode: 'AWS_EKS_PLANNED_LIFECYCLE_EVENT',
    eventTypeCategory: 'scheduledChange',
    startTime: 'Wed, 02 Dec 2026 00:00:00 GMT',
    endTime: '',
    statusCode: 'upcoming',
    affectedEntities: entities,
    ...detail,
  },
});
const planned = {
  event: `arn:aws:health:${REGION}::event/EKS/AWS_EKS_PLANNED_LIFECYCLE_EVENT/1`,
  code: 'AWS_EKS_PLANNED_LIFECYCLE_EVENT',
  at: '2026-12-02T00:00:00.000Z',
};
const cluster = (status: string) => ({ entityValue: arn('cluster/web'), status });
const workers = (status: string) => ({ entityValue: arn(`nodegroup/web/workers/${UUID}`), status });

const [itself, itsWorkers] = [cluster('').entityValue, workers('').entityValue];
const told = (affectedEntities: string[], resolved: string[], over = false) => ({
  ...planned,
  affectedEntities,
  resolved,
  over,
});

test.each([
  ['is to come', {}, [cluster('PENDING')], told([itself], [])],
  ['is over', { statusCode: 'closed' }, [cluster('PENDING')], told([itself], [], true)],
  ['concerns a cluster no more', {}, [cluster('RESOLVED')], told([], [itself])],
  ['concerns a part of it still', {}, [cluster('RESOLVED'), workers('PENDING')], told([itsWorkers], [itself])],
  ['has no date', { startTime: '' }, [cluster('PENDING')], undefined],
  ['is no plan but an issue', { eventTypeCategory: 'issue' }, [cluster('PENDING')], undefined],
])('what AWS Health says of a change that %s', (_, detail, entities, expected) => {
  const [item] = clusterItemsFromEvent(lifecycle(detail, entities));
  expect([item?.name, item?.planned]).toEqual(['web', expected]);
});

test.each([
  ['by its own time', { lastUpdatedTime: 'Thu, 26 Nov 2026 19:01:55 GMT' }, '2026-11-26T19:01:55.000Z'],
  ['by when it was sent, where it has none', {}, '2026-11-26T19:05:00.000Z'],
  ['by when it was sent, where that cannot be read', { lastUpdatedTime: 'soon' }, '2026-11-26T19:05:00.000Z'],
])('what AWS Health says of a change is as old as the event says: %s', (_, detail, expected) => {
  const event = { ...lifecycle(detail, [cluster('PENDING')]), time: '2026-11-26T19:05:00Z' };
  expect(clusterItemsFromEvent(event)[0]?.planned?.toldAt).toBe(expected);
});

test('an event whose ARN would fit into no key of the table is none of AWS Health', () => {
  const long = (length: number) => lifecycle({ eventArn: 'a'.repeat(length) }, [cluster('PENDING')]);
  expect([clusterItemsFromEvent(long(800)).length, clusterItemsFromEvent(long(801))]).toEqual([1, []]);
});
