import { arnOf } from './arns.ts';
import { text, texts } from './input-members.ts';
import type { RequirementRows } from './requirement.ts';
import { need, onNoResource } from './row-kinds.ts';

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
export const monitoringRows: RequirementRows = {
  DescribeAlarms: (call) => {
    const names = texts(call.input, 'AlarmNames');
    const asked = names.length === 0 ? ['*'] : names;
    return asked.map((name) => need(call, 'DescribeAlarms', arnOf('cloudwatch', call, `alarm:${name}`)));
  },
  GetMetricData: onNoResource,
  GetMetricStatistics: onNoResource,
  ListMetrics: onNoResource,
  PutMetricData: (call) => [
    need(call, 'PutMetricData', '*', { 'cloudwatch:namespace': text(call.input, 'Namespace') ?? null }),
  ],
};
