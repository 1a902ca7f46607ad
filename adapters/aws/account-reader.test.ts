import { startAnsweringServer } from '../../test/material/wire/answering-server.ts';
import { createAccountReader } from './account-reader.ts';

let server: Awaited<ReturnType<typeof startAnsweringServer>>;
let variables: string[];

beforeEach(async () => {
  variables = [];
  server = await startAnsweringServer();
});
afterEach(() => server.close());

const scope = { account: '111111111111', region: 'eu-central-1' };
const credentials = { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'session' };
const reader = () =>
  createAccountReader({
    sessions: { forAccount: async () => ({ ...credentials, expiration: new Date(0) }) },
    clock: { now: () => new Date('2026-11-20T12:00:00Z') },
    sleep: async () => {},
    endpointOf(service) {
      variables.push(service);
      return server.url;
    },
  });
const answer = (status: number, body: string) => server.answers.push({ status, body });
const signedFor = (index: number) =>
  /Credential=key\/\d{8}\/([^,]*)\/aws4_request/.exec(server.asked[index]?.headers.authorization ?? '')?.[1];

test('a role is asked for by name of IAM, which is in one Region of the partition, and one that is gone is undefined', async () => {
  answer(
    200,
    '<GetRoleResponse xmlns="x"><GetRoleResult><Role><Path>/eks/</Path><Arn>arn:r</Arn><AssumeRolePolicyDocument>%7B%22Statement%22%3A%5B%5D%7D</AssumeRolePolicyDocument></Role></GetRoleResult></GetRoleResponse>',
  );
  answer(
    404,
    '<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>no</Message></Error></ErrorResponse>',
  );
  const iam = reader();
  expect(await iam.getRole(scope, 'nodes')).toEqual({ arn: 'arn:r', trustPolicy: '{"Statement":[]}' });
  expect(await iam.getRole({ ...scope, region: 'cn-northwest-1' }, 'nodes')).toBeUndefined();
  await expect(iam.getRole({ ...scope, region: 'us-gov-east-1' }, 'nodes')).rejects.toMatchObject({ name: 'Http500' });
  expect(server.asked[0]?.body).toBe('Action=GetRole&RoleName=nodes&Version=2010-05-08');
  expect([0, 1, 2].map(signedFor)).toEqual(['us-east-1/iam', 'cn-north-1/iam', 'us-gov-west-1/iam']);
  expect([...new Set(variables)]).toEqual(['IAM']);
});

test('a key is asked for of KMS in its Region; what KMS refuses has the name that it gives it', async () => {
  const kms = reader();
  answer(200, '{"KeyMetadata":{"KeyId":"1","KeyState":"PendingDeletion"}}');
  expect(await kms.describeKey(scope, 'arn:key')).toEqual({ keyId: 'arn:key', keyState: 'PendingDeletion' });
  expect([server.asked[0]?.headers['x-amz-target'], server.asked[0]?.body]).toEqual([
    'TrentService.DescribeKey',
    '{"KeyId":"arn:key"}',
  ]);
  expect(signedFor(0)).toBe('eu-central-1/kms');
  answer(400, '{"__type":"NotFoundException","message":"no"}');
  expect(await kms.describeKey(scope, 'arn:key')).toBeUndefined();
  answer(400, '{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"not \\"yours\\""}');
  await expect(kms.describeKey(scope, 'arn:key')).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: 'not \\"yours\\"',
  });
  answer(400, '{}');
  await expect(kms.describeKey(scope, 'arn:key')).rejects.toMatchObject({ name: 'Http400' });
  answer(200, '{"KeyMetadata":{}}');
  await expect(kms.describeKey(scope, 'arn:key')).rejects.toMatchObject({ name: 'IncompleteAnswer' });
});

test('several parameters are asked for at once, and those that there are come with their day', async () => {
  const ssm = reader();
  const found = '{"Name":"/a","Type":"String","Value":"1","Version":7,"LastModifiedDate":1.7950032E9}';
  answer(200, `{"Parameters":[${found}],"InvalidParameters":["/b"]}`);
  expect(await ssm.getParameters(scope, ['/a', '/b'])).toEqual([
    { name: '/a', value: '1', lastModifiedDate: new Date('2026-11-18T12:00:00Z') },
  ]);
  expect([server.asked[0]?.headers['x-amz-target'], server.asked[0]?.body]).toEqual([
    'AmazonSSM.GetParameters',
    '{"Names":["/a","/b"]}',
  ]);
  answer(200, '{}');
  await expect(ssm.getParameters(scope, ['/a'])).rejects.toMatchObject({ name: 'IncompleteAnswer' });
});

test('a parameter is asked for of Systems Manager in its Region, and not decrypted', async () => {
  const ssm = reader();
  answer(200, '{"Parameter":{"Name":"/images/1.37","Type":"String","Value":"ami-1"}}');
  expect(await ssm.getParameter(scope, '/images/1.37')).toBe('ami-1');
  expect([server.asked[0]?.headers['x-amz-target'], server.asked[0]?.body]).toEqual([
    'AmazonSSM.GetParameter',
    '{"Name":"/images/1.37"}',
  ]);
  expect(signedFor(0)).toBe('eu-central-1/ssm');
  answer(400, '{"__type":"ParameterNotFound"}');
  expect(await ssm.getParameter(scope, '/images/1.37')).toBeUndefined();
  answer(200, '{"Parameter":{}}');
  await expect(ssm.getParameter(scope, '/images/1.37')).rejects.toMatchObject({ name: 'IncompleteAnswer' });
});

const at = (seconds: number, more: object = {}) => ({ Status: 'COMPLETED', CreationDate: seconds, ...more });

test('recovery points of a vault are read by path and query, signed with both, page by page', async () => {
  answer(200, JSON.stringify({ RecoveryPoints: [at(1516925490.087)], NextToken: 'a b/=' }));
  answer(200, JSON.stringify({ RecoveryPoints: [at(0, { ParentRecoveryPointArn: 'arn:whole', Status: 'PARTIAL' })] }));
  expect(await reader().listRecoveryPoints(scope, 'nightly', 'arn:aws:eks:x:1:cluster/web')).toEqual([
    { status: 'COMPLETED', creationDate: new Date('2018-01-26T00:11:30.087Z') },
    { status: 'PARTIAL', creationDate: new Date(0), parentRecoveryPointArn: 'arn:whole' },
  ]);
  const first =
    'GET /backup-vaults/nightly/recovery-points/?resourceArn=arn%3Aaws%3Aeks%3Ax%3A1%3Acluster%2Fweb&maxResults=1000';
  expect(server.asked.map(({ url, body }) => [url, body])).toEqual([
    [first, ''],
    [`${first}&nextToken=a%20b%2F%3D`, ''],
  ]);
  expect(signedFor(0)).toBe('eu-central-1/backup');
  expect(server.asked[0]?.headers.authorization).not.toBe(server.asked[1]?.headers.authorization);
});

test('what AWS Backup refuses has the name of its header, and an answer without recovery points is none', async () => {
  server.answers.push({
    ...{ status: 403, body: '{"message":"Insufficient privileges to perform this action."}' },
    headers: { 'x-amzn-errortype': 'AccessDeniedException:http://internal/' },
  });
  answer(200, '{}');
  const list = () => reader().listRecoveryPoints(scope, 'nightly', 'arn');
  const message = 'Insufficient privileges to perform this action.';
  await expect(list()).rejects.toMatchObject({ name: 'AccessDeniedException', message });
  await expect(list()).rejects.toMatchObject({ name: 'IncompleteAnswer' });
});

test('what is throttled is asked again', async () => {
  answer(400, '{"__type":"ThrottlingException","message":"slower"}');
  answer(200, '{"KeyMetadata":{"KeyState":"Enabled"}}');
  expect(await reader().describeKey(scope, 'k')).toEqual({ keyId: 'k', keyState: 'Enabled' });
});

const usage = {
  ...{ MetricNamespace: 'AWS/Usage', MetricName: 'ResourceCount', MetricStatisticRecommendation: 'Maximum' },
  MetricDimensions: { Class: 'Standard/OnDemand', Service: 'EC2' },
};
const points = (...of: string[]) =>
  `<GetMetricStatisticsResponse><GetMetricStatisticsResult><Label>ResourceCount</Label><Datapoints>${of.join('')}</Datapoints></GetMetricStatisticsResult></GetMetricStatisticsResponse>`;
const point = (at: string, value: string) => `<member><Timestamp>${at}</Timestamp><Maximum>${value}</Maximum></member>`;

test('a quota comes with the newest value of the metric that Service Quotas names beside it', async () => {
  answer(200, JSON.stringify({ Quota: { Value: 640, UsageMetric: usage } }));
  answer(
    200,
    points(
      point('2026-11-20T11:50:00Z', '12.0'),
      point('2026-11-20T11:55:00Z', '14.0'),
      point('2026-11-20T11:45:00Z', '99.0'),
    ),
  );
  expect(await reader().getServiceQuota(scope, 'L-1')).toEqual({ quotaCode: 'L-1', value: 640, used: 14 });
  expect(server.asked[0]).toMatchObject({ body: '{"ServiceCode":"ec2","QuotaCode":"L-1"}' });
  expect(Object.fromEntries(new URLSearchParams(server.asked[1]?.body))).toEqual({
    ...{ Action: 'GetMetricStatistics', Version: '2010-08-01', Namespace: 'AWS/Usage', MetricName: 'ResourceCount' },
    ...{ StartTime: '2026-11-20T11:00:00.000Z', EndTime: '2026-11-20T12:00:00.000Z', Period: '300' },
    ...{ 'Statistics.member.1': 'Maximum', 'Dimensions.member.1.Name': 'Class' },
    ...{ 'Dimensions.member.1.Value': 'Standard/OnDemand' },
    ...{ 'Dimensions.member.2.Name': 'Service', 'Dimensions.member.2.Value': 'EC2' },
  });
  expect([0, 1].map(signedFor)).toEqual(['eu-central-1/servicequotas', 'eu-central-1/monitoring']);
});

test('of a quota without data, without a metric or unknown nothing is guessed', async () => {
  const quota = reader();
  answer(200, JSON.stringify({ Quota: { Value: 640, UsageMetric: usage } }));
  answer(200, points());
  expect(await quota.getServiceQuota(scope, 'L-1')).toEqual({ quotaCode: 'L-1', value: 640 });
  answer(200, JSON.stringify({ Quota: { Value: 5 } }));
  expect(await quota.getServiceQuota(scope, 'L-1')).toEqual({ quotaCode: 'L-1', value: 5 });
  answer(400, '{"__type":"NoSuchResourceException","Message":"no"}');
  expect(await quota.getServiceQuota(scope, 'L-9')).toBeUndefined();
  answer(200, '{"Quota":{}}');
  await expect(quota.getServiceQuota(scope, 'L-1')).rejects.toMatchObject({ name: 'IncompleteAnswer' });
});

const eks = { namespace: 'AWS/EKS', dimensions: { ClusterName: 'web' }, statistic: 'Sum' } as const;
const balancer = { namespace: 'AWS/ApplicationELB', dimensions: { LoadBalancer: 'app/x/5' } } as const;
const dataAsked = {
  metrics: [
    { ...eks, metric: 'total' },
    { ...balancer, metric: 'TargetResponseTime', statistic: 'SampleCount' },
  ],
  ...{ from: new Date('2026-11-20T11:00:00Z'), to: new Date('2026-11-20T12:00:00Z') },
} as const;
const data = (id: string, points: string, status = 'Complete') =>
  `<member><Id>${id}</Id><Label>x</Label>${points}<StatusCode>${status}</StatusCode></member>`;
const metricData = (...results: readonly string[]) =>
  `<GetMetricDataResponse xmlns="x"><GetMetricDataResult><Messages/><MetricDataResults>${results.join('')}</MetricDataResults></GetMetricDataResult></GetMetricDataResponse>`;

test('the minutes of several metrics are one signed request to CloudWatch in the Region of the cluster', async () => {
  const points =
    '<Timestamps><member>2026-11-20T11:00:00Z</member><member>2026-11-20T11:01:00Z</member></Timestamps><Values><member>7.0</member><member>9.0</member></Values>';
  const one = '<Timestamps><member>2026-11-20T11:01:00Z</member></Timestamps><Values><member>2.0</member></Values>';
  answer(200, metricData(data('m1', one), data('m0', points)));
  expect(await reader().getMetricData(scope, dataAsked)).toEqual([
    [
      { at: new Date('2026-11-20T11:00:00Z'), value: 7 },
      { at: new Date('2026-11-20T11:01:00Z'), value: 9 },
    ],
    [{ at: new Date('2026-11-20T11:01:00Z'), value: 2 }],
  ]);
  expect([server.asked.length, signedFor(0), variables.includes('CLOUDWATCH')]).toEqual([
    1,
    'eu-central-1/monitoring',
    true,
  ]);
  const form = Object.fromEntries(new URLSearchParams(server.asked[0]?.body));
  expect(form).toMatchObject({
    ...{ Action: 'GetMetricData', StartTime: '2026-11-20T11:00:00.000Z', EndTime: '2026-11-20T12:00:00.000Z' },
    ...{ ScanBy: 'TimestampAscending', 'MetricDataQueries.member.2.Id': 'm1' },
    'MetricDataQueries.member.2.MetricStat.Metric.Namespace': 'AWS/ApplicationELB',
    'MetricDataQueries.member.2.MetricStat.Metric.MetricName': 'TargetResponseTime',
    'MetricDataQueries.member.2.MetricStat.Metric.Dimensions.member.1.Name': 'LoadBalancer',
    'MetricDataQueries.member.2.MetricStat.Stat': 'SampleCount',
    'MetricDataQueries.member.1.MetricStat.Metric.Namespace': 'AWS/EKS',
    'MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Name': 'ClusterName',
    'MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Value': 'web',
    ...{ 'MetricDataQueries.member.1.MetricStat.Period': '60', 'MetricDataQueries.member.1.MetricStat.Stat': 'Sum' },
  });
});

test('a metric that CloudWatch does not know has no minutes, and a part of an answer is none of that metric alone', async () => {
  const nothing = '<Timestamps/><Values/>';
  answer(200, metricData(data('m0', nothing), data('m1', nothing)));
  expect(await reader().getMetricData(scope, dataAsked)).toEqual([[], []]);
  for (const [said, ...results] of [
    ['no data', data('m0', nothing)],
    ['PartialData data', data('m0', nothing), data('m1', nothing, 'PartialData')],
    [
      'other numbers',
      data('m0', nothing),
      data('m1', '<Timestamps><member>2026-11-20T11:00:00Z</member></Timestamps><Values/>'),
    ],
  ] as const) {
    answer(200, metricData(...results));
    const [known, partial] = await reader().getMetricData(scope, dataAsked);
    expect(known).toEqual([]);
    expect(partial).toMatchObject({ name: 'IncompleteAnswer', message: expect.stringContaining(said) });
  }
});
