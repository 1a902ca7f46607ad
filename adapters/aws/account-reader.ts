import { errorName, namedError } from '../../core/contracts/errors.ts';
import { given } from '../../core/model/given.ts';
import { parseJson } from '../../core/model/parse-json.ts';
import type { AccountReader, MetricMinute, RecoveryPoint } from '../../core/ports/account.ts';
import type { Scope } from '../../core/ports/eks.ts';
import { createSignedCalls, FORM, type SignedCallsOptions } from './signed-calls.ts';
import { childOf, childrenOf, known, numberOf, parseAnswer, textOf, textsOf, type XmlNode } from './xml-answer.ts';

const HOUR = 3_600_000;
const json = (target: string) => ({ 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target });

/** A few reads of several services, each by the service's own protocol, as for EC2 (docs/adr/0027). */
export function createAccountReader(options: SignedCallsOptions): AccountReader {
  const iam = createSignedCalls({ name: 'iam', variable: 'IAM', isGlobal: true }, options);
  const kms = createSignedCalls({ name: 'kms', variable: 'KMS' }, options);
  const quotas = createSignedCalls({ name: 'servicequotas', variable: 'SERVICE_QUOTAS' }, options);
  const ssm = createSignedCalls({ name: 'ssm', variable: 'SSM' }, options);
  const backup = createSignedCalls({ name: 'backup', variable: 'BACKUP' }, options);
  const metrics = createSignedCalls({ name: 'monitoring', variable: 'CLOUDWATCH' }, options);

  /** The newest value of the last hour of the metric that Service Quotas names beside a quota. */
  async function usedOf(scope: Scope, { MetricName, MetricNamespace, MetricDimensions, ...metric }: UsageMetric) {
    const now = options.clock.now().getTime();
    const dimensions = Object.entries(MetricDimensions).flatMap(([name, value], index) => [
      [`Dimensions.member.${index + 1}.Name`, name],
      [`Dimensions.member.${index + 1}.Value`, value],
    ]);
    const { MetricStatisticRecommendation: statistic = 'Maximum' } = metric;
    const times = {
      StartTime: new Date(now - HOUR).toISOString(),
      EndTime: new Date(now).toISOString(),
      Period: '300',
    };
    const asked = { Action: 'GetMetricStatistics', Version: '2010-08-01', Namespace: MetricNamespace, MetricName };
    const form = { ...asked, ...times, 'Statistics.member.1': statistic, ...Object.fromEntries(dimensions) };
    const answer = await metrics(scope, FORM, new URLSearchParams(form).toString());
    const result = childOf(parseAnswer(answer, 'GetMetricStatistics'), 'GetMetricStatisticsResult');
    const points = childrenOf(result, 'Datapoints', 'member').map((one) => [known(one, 'Timestamp'), one] as const);
    const newest = points.sort(([one], [other]) => (one < other ? -1 : 1)).at(-1)?.[1];
    return newest === undefined ? undefined : numberOf(newest, statistic);
  }

  return {
    getServiceQuota: (scope, quotaCode) =>
      unless('NoSuchResourceException', async () => {
        const body = JSON.stringify({ ServiceCode: 'ec2', QuotaCode: quotaCode });
        const answer = await quotas(scope, json('ServiceQuotasV20190624.GetServiceQuota'), body);
        const { Quota } = parseJson(answer) as { Quota?: { Value?: number; UsageMetric?: UsageMetric } };
        if (Quota?.Value === undefined) throw namedError('IncompleteAnswer', 'Service Quotas answered without Value.');
        const used = Quota.UsageMetric === undefined ? undefined : await usedOf(scope, Quota.UsageMetric);
        return { quotaCode, value: Quota.Value, ...given({ used }) };
      }),
    getRole: (scope, roleName) =>
      unless('NoSuchEntity', async () => {
        const form = { Action: 'GetRole', RoleName: roleName, Version: '2010-05-08' };
        const answer = await iam(scope, FORM, new URLSearchParams(form).toString());
        const role = childOf(childOf(parseAnswer(answer, 'GetRole'), 'GetRoleResult'), 'Role');
        // IAM gives policies URL-encoded. https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
        const encoded = textOf(role, 'AssumeRolePolicyDocument');
        return { arn: known(role, 'Arn'), ...given({ trustPolicy: encoded && decodeURIComponent(encoded) }) };
      }),
    getParameter: (scope, name) =>
      unless('ParameterNotFound', async () => {
        const answer = await ssm(scope, json('AmazonSSM.GetParameter'), JSON.stringify({ Name: name }));
        const { Parameter } = parseJson(answer) as { Parameter?: { Value?: string } };
        if (Parameter?.Value === undefined)
          throw namedError('IncompleteAnswer', 'Systems Manager answered without Value.');
        return Parameter.Value;
      }),
    async getParameters(scope, names) {
      const answer = await ssm(scope, json('AmazonSSM.GetParameters'), JSON.stringify({ Names: names }));
      const { Parameters } = parseJson(answer) as { Parameters?: readonly FoundParameter[] };
      if (Parameters === undefined)
        throw namedError('IncompleteAnswer', 'Systems Manager answered without Parameters.');
      return Parameters.map(({ Name: name, Value: value, LastModifiedDate: seconds }) => {
        return { name, value, lastModifiedDate: new Date(seconds * 1000) };
      });
    },
    describeKey: (scope, keyId) =>
      unless('NotFoundException', async () => {
        const body = JSON.stringify({ KeyId: keyId });
        const answer = await kms(scope, json('TrentService.DescribeKey'), body);
        const { KeyMetadata } = parseJson(answer) as { KeyMetadata?: { KeyState?: string } };
        if (KeyMetadata?.KeyState === undefined) throw namedError('IncompleteAnswer', 'KMS answered without KeyState.');
        return { keyId, keyState: KeyMetadata.KeyState };
      }),
    async listRecoveryPoints(scope, vaultName, resourceArn) {
      const path = `/backup-vaults/${vaultName}/recovery-points/`;
      const found: RecoveryPoint[] = [];
      for (let nextToken: string | undefined = ''; nextToken !== undefined; ) {
        const query = { resourceArn, maxResults: '1000', ...(nextToken !== '' && { nextToken }) };
        const answer = parseJson(await backup(scope, {}, '', { method: 'GET', path, query })) as
          | RecoveryPointList
          | undefined;
        if (answer?.RecoveryPoints === undefined)
          throw namedError('IncompleteAnswer', 'AWS Backup answered without RecoveryPoints.');
        for (const { Status: status, CreationDate: seconds, ParentRecoveryPointArn } of answer.RecoveryPoints)
          found.push({
            status,
            creationDate: new Date(seconds * 1000),
            ...given({ parentRecoveryPointArn: ParentRecoveryPointArn }),
          });
        nextToken = answer.NextToken || undefined;
      }
      return found;
    },
    async getMetricData(scope, { metrics: asked, from, to }) {
      const form = new URLSearchParams({
        Action: 'GetMetricData',
        Version: '2010-08-01',
        ScanBy: 'TimestampAscending',
      });
      form.set('StartTime', from.toISOString());
      form.set('EndTime', to.toISOString());
      for (const [index, { namespace, dimensions, metric, statistic }] of asked.entries()) {
        const query = `MetricDataQueries.member.${index + 1}`;
        form.set(`${query}.Id`, `m${index}`);
        form.set(`${query}.MetricStat.Period`, '60');
        form.set(`${query}.MetricStat.Stat`, statistic);
        form.set(`${query}.MetricStat.Metric.Namespace`, namespace);
        form.set(`${query}.MetricStat.Metric.MetricName`, metric);
        for (const [at, [dimension, value]] of Object.entries(dimensions).entries()) {
          form.set(`${query}.MetricStat.Metric.Dimensions.member.${at + 1}.Name`, dimension);
          form.set(`${query}.MetricStat.Metric.Dimensions.member.${at + 1}.Value`, value);
        }
      }
      const answer = parseAnswer(await metrics(scope, FORM, form.toString()), 'GetMetricData');
      const results = childrenOf(childOf(answer, 'GetMetricDataResult'), 'MetricDataResults', 'member');
      return asked.map((_, index) => minutesOf(results, `m${index}`));
    },
  };
}

/**
 * The minutes of one metric. A partial answer is an error, since missing minutes would pass for minutes without data. One page holds 100,800 values,
 * far more than two hours of some twenty metrics have. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html
 */
function minutesOf(results: readonly XmlNode[], id: string): MetricMinute[] | Error {
  const result = results.find((one) => one.Id === id) ?? {};
  const status = textOf(result, 'StatusCode') ?? 'no';
  if (status !== 'Complete') return namedError('IncompleteAnswer', `CloudWatch answered with ${status} data.`);
  const [times, values] = [textsOf(result, 'Timestamps'), textsOf(result, 'Values')];
  if (times.length !== values.length)
    return namedError('IncompleteAnswer', 'CloudWatch answered with other numbers of times and values.');
  return times.map((time, index) => ({ at: new Date(time), value: Number(values[index]) }));
}

/** `LastModifiedDate` is in seconds since 1970. */
interface FoundParameter {
  readonly Name: string;
  readonly Value: string;
  readonly LastModifiedDate: number;
}

interface RecoveryPointList {
  readonly RecoveryPoints?: readonly {
    readonly Status: string;
    readonly CreationDate: number;
    readonly ParentRecoveryPointArn?: string;
  }[];
  readonly NextToken?: string;
}

interface UsageMetric {
  readonly MetricNamespace: string;
  readonly MetricName: string;
  readonly MetricDimensions: Readonly<Record<string, string>>;
  readonly MetricStatisticRecommendation?: string;
}

/** What was read; undefined where the service answers with the given error, by which it says that it has no such thing. */
async function unless<Found>(error: string, read: () => Promise<Found>): Promise<Found | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (errorName(thrown) === error) return undefined;
    throw thrown;
  }
}
