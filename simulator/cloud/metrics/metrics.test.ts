import * as sdk from '@aws-sdk/client-cloudwatch';
import { startTestWire, type TestWire } from '../../../test/material/cloud/wire.ts';
import { metricOperations } from './metric-operations.ts';
import { embeddedMetrics, Metrics } from './metrics.ts';

const AT = Date.parse('2031-05-06T07:08:09.000Z');
const directive = {
  Namespace: 'Liftlock',
  Dimensions: [['service'], ['service', 'step']],
  Metrics: [{ Name: 'Done' }],
};
const line = (more: object = {}, directives: unknown = [directive]) =>
  JSON.stringify({
    _aws: { Timestamp: AT, CloudWatchMetrics: directives },
    service: 'api',
    step: 'scan',
    Done: 3,
    ...more,
  });

describe('a line in the embedded metric format', () => {
  const datum = { namespace: 'Liftlock', name: 'Done', at: AT, value: 3 };

  it('has a value for each set of dimensions', () => {
    expect(embeddedMetrics(line())).toEqual([
      { ...datum, dimensions: { service: 'api' } },
      { ...datum, dimensions: { service: 'api', step: 'scan' } },
    ]);
    expect(embeddedMetrics(line({ Done: [1, 2] })).map(({ value }) => value)).toEqual([1, 2, 1, 2]);
    expect(embeddedMetrics(line({}, [{ ...directive, Dimensions: [[]] }]))).toEqual([{ ...datum, dimensions: {} }]);
  });

  it('has none for dimensions or metrics that it does not have', () => {
    expect(embeddedMetrics(line({ step: undefined }))).toHaveLength(1);
    expect(embeddedMetrics(line({ Done: 'three' }))).toEqual([]);
  });

  it.each([
    'plain text with "_aws"',
    '{"_aws": broken',
    '{"message":"about \\"_aws\\""}',
    '{"_aws":null}',
    '{"_aws":{"Timestamp":1}}',
    line({}, 5),
    line({}, [null]),
    line({}, [{}]),
    line({}, [{ ...directive, Dimensions: 'service' }]),
    line({}, [{ ...directive, Metrics: [null] }]),
    line({ _aws: { CloudWatchMetrics: [directive] } }),
  ])('is only a line otherwise: %s', (text) => {
    expect(embeddedMetrics(text)).toEqual([]);
  });
});

describe('CloudWatch', () => {
  let metrics: Metrics;
  let wire: TestWire;
  let client: sdk.CloudWatchClient;
  beforeEach(async () => {
    metrics = new Metrics();
    wire = await startTestWire({ monitoring: metricOperations(metrics, () => undefined) });
    client = new sdk.CloudWatchClient(wire.client);
    for (const [at, value] of [
      [AT, 1],
      [AT + 1_000, 5],
      [AT + 60_000, 9],
    ] as const)
      metrics.put({ namespace: 'Liftlock', name: 'Done', dimensions: { service: 'api' }, at, value });
  });
  afterEach(async () => {
    client.destroy();
    await wire.close();
    expect(wire.failures).toEqual([]);
  });

  const Dimensions = [{ Name: 'service', Value: 'api' }];
  const period = { StartTime: new Date(AT - 60_000), EndTime: new Date(AT + 120_000) };
  const dataOf = async (Stat: string, more: Partial<sdk.GetMetricDataCommandInput> = {}) => {
    const Metric = { Namespace: 'Liftlock', MetricName: 'Done', Dimensions };
    const MetricDataQueries = [{ Id: 'q', MetricStat: { Metric, Period: 60, Stat } }];
    return (await client.send(new sdk.GetMetricDataCommand({ MetricDataQueries, ...period, ...more })))
      .MetricDataResults?.[0];
  };

  const ofMetric = (more: Partial<sdk.Metric>): Partial<sdk.GetMetricDataCommandInput> => {
    const Metric = { Namespace: 'N', MetricName: 'M', ...more };
    return { MetricDataQueries: [{ Id: 'q', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }] };
  };

  it('computes statistics by period, latest first unless asked otherwise', async () => {
    expect((await dataOf('Sum'))?.Values).toEqual([9, 6]);
    expect((await dataOf('Average', { ScanBy: 'TimestampAscending' }))?.Values).toEqual([3, 9]);
    expect((await dataOf('Minimum'))?.Values).toEqual([9, 1]);
    expect((await dataOf('Maximum'))?.Values).toEqual([9, 5]);
    expect((await dataOf('SampleCount'))?.Values).toEqual([1, 2]);
    expect((await dataOf('Sum', { EndTime: new Date(AT + 60_000) }))?.Values).toEqual([6]);
    await expect(dataOf('p99')).rejects.toMatchObject({ message: expect.stringContaining('p99') });
  });

  it("gives what EKS counts of clusters, in the caller's account and Region", async () => {
    const asked: unknown[] = [];
    const sums = (...given: readonly unknown[]) => {
      asked.push(...given);
      return [[{ at: period.StartTime, value: 7 }]];
    };
    const served = await startTestWire({ monitoring: metricOperations(metrics, () => undefined, sums) });
    const here = new sdk.CloudWatchClient(served.client);
    const Metric = {
      ...{ Namespace: 'AWS/EKS', MetricName: 'apiserver_request_total' },
      Dimensions: [{ Name: 'ClusterName', Value: 'web' }],
    };
    const MetricDataQueries = [{ Id: 'q', MetricStat: { Metric, Period: 60, Stat: 'Sum' } }];
    const { MetricDataResults } = await here.send(new sdk.GetMetricDataCommand({ MetricDataQueries, ...period }));
    expect(MetricDataResults).toMatchObject([{ Id: 'q', StatusCode: 'Complete', Values: [7] }]);
    expect(asked[1]).toMatchObject({
      metrics: [
        {
          ...{ namespace: 'AWS/EKS', metric: 'apiserver_request_total', statistic: 'Sum' },
          dimensions: { ClusterName: 'web' },
        },
      ],
      from: period.StartTime,
    });
    here.destroy();
    await served.close();
  });

  it.each<[string, Partial<sdk.GetMetricDataCommandInput>]>([
    ['no time', { StartTime: period.EndTime }],
    ['an id that begins with a capital', { MetricDataQueries: [{ Id: 'Q' }] }],
    ['one id twice', { MetricDataQueries: [{ Id: 'q' }, { Id: 'q' }] }],
    ['more than 500 metrics', { MetricDataQueries: Array.from({ length: 501 }, (_, index) => ({ Id: `q${index}` })) }],
    [
      'a period of 90 seconds',
      {
        MetricDataQueries: [
          { Id: 'q', MetricStat: { Metric: { Namespace: 'N', MetricName: 'M' }, Period: 90, Stat: 'Sum' } },
        ],
      },
    ],
    ['a namespace that begins with a colon', ofMetric({ Namespace: ':N' })],
    ['a namespace of 256 characters', ofMetric({ Namespace: 'N'.repeat(256) })],
    ['a metric without a name', ofMetric({ MetricName: '' })],
    ['31 dimensions', ofMetric({ Dimensions: Array.from({ length: 31 }, (_, n) => ({ Name: `d${n}`, Value: 'v' })) })],
    ['a dimension with a colon first', ofMetric({ Dimensions: [{ Name: ':d', Value: 'v' }] })],
    ['a dimension without a value', ofMetric({ Dimensions: [{ Name: 'd', Value: ' ' }] })],
    ['a value that is not ASCII', ofMetric({ Dimensions: [{ Name: 'd', Value: 'ü' }] })],
    ['a value of 1025 characters', ofMetric({ Dimensions: [{ Name: 'd', Value: 'v'.repeat(1_025) }] })],
  ])('refuses data of %s', async (_, input) => {
    await expect(dataOf('Sum', input)).rejects.toMatchObject({
      name: expect.stringMatching(/^Validation/),
    });
  });

  it('has nothing for other dimensions', async () => {
    const input = { Namespace: 'Liftlock', MetricName: 'Done', Period: 60, Statistics: ['Sum' as const], ...period };
    const statistics = (given: sdk.Dimension[]) =>
      client.send(new sdk.GetMetricStatisticsCommand({ ...input, Dimensions: given }));
    expect((await statistics(Dimensions)).Datapoints).toMatchObject([{ Sum: 6 }, { Sum: 9 }]);
    expect((await statistics([])).Datapoints).toEqual([]);
  });

  it('takes and lists metrics', async () => {
    const MetricData = [{ MetricName: 'Own', Value: 7, Dimensions: [{ Name: 'kind', Value: 'x' }] }];
    await client.send(new sdk.PutMetricDataCommand({ Namespace: 'Mine', MetricData }));
    const list = async (input: sdk.ListMetricsCommandInput) =>
      (await client.send(new sdk.ListMetricsCommand(input))).Metrics?.map(({ MetricName }) => MetricName);
    expect(await list({})).toEqual(['Done', 'Own']);
    expect(await list({ Namespace: 'Mine' })).toEqual(['Own']);
    expect(await list({ Dimensions: [{ Name: 'service', Value: 'api' }] })).toEqual(['Done']);
    expect(await list({ Dimensions: [{ Name: 'kind' }] })).toEqual(['Own']);
  });
});
