import { arnOf } from './arns.ts';
import { text, textOrAny, texts } from './input-members.ts';
import type { RequirementRows } from './requirement.ts';
import { need, on, onNoResource } from './row-kinds.ts';

const onAlarm = on((call) => arnOf('cloudwatch', call, `alarm:${textOrAny(call.input, 'AlarmName')}`));

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html */
export const monitoringRows: RequirementRows = {
  DescribeAlarms: (call) => {
    const names = texts(call.input, 'AlarmNames');
    // Composite alarms take the permission on everything (API reference of DescribeAlarms).
    const whole = names.length === 0 || texts(call.input, 'AlarmTypes').includes('CompositeAlarm');
    const asked = whole ? ['*'] : names;
    return asked.map((name) => need(call, 'DescribeAlarms', arnOf('cloudwatch', call, `alarm:${name}`)));
  },
  GetMetricData: onNoResource,
  GetMetricStatistics: onNoResource,
  ListMetrics: onNoResource,
  PutMetricAlarm: onAlarm,
  PutMetricData: (call) => [
    need(call, 'PutMetricData', '*', { 'cloudwatch:namespace': text(call.input, 'Namespace') ?? null }),
  ],
  SetAlarmState: onAlarm,
};
