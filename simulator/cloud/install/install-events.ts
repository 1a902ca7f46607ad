import type { RuleTarget } from '../events/event-buses.ts';
import { type Installers, nothing, propertyOf } from './installer.ts';

interface ScheduleTarget {
  readonly Arn: string;
  readonly RoleArn: string;
  readonly Input?: string;
}

/** Buses, rules and schedules. */
export const eventInstallers: Installers = {
  'AWS::Events::EventBus': (bus, { buses }) => buses.addBus(bus.arn),
  'AWS::Events::EventBusPolicy': (policy, { policies }) => {
    const name = propertyOf<string>(policy, 'EventBusName');
    const arn = `arn:aws:events:${policy.region}:${policy.account}:event-bus/${name}`;
    policies.add(arn, { Sid: propertyOf(policy, 'StatementId'), ...propertyOf<object>(policy, 'Statement') });
  },
  'AWS::Events::Rule': (rule, { buses }) => {
    const bus = propertyOf<string | undefined>(rule, 'EventBusName') ?? 'default';
    const targets = propertyOf<RuleTarget[] | undefined>(rule, 'Targets') ?? [];
    for (const target of targets) refuseUnknownTarget(target);
    buses.addRule({
      name: rule.name,
      arn: rule.arn,
      busArn: bus.startsWith('arn:') ? bus : `arn:aws:events:${rule.region}:${rule.account}:event-bus/${bus}`,
      pattern: propertyOf(rule, 'EventPattern'),
      enabled: propertyOf<string | undefined>(rule, 'State') !== 'DISABLED',
      targets,
    });
  },
  'AWS::Scheduler::ScheduleGroup': nothing,
  'AWS::Scheduler::Schedule': (schedule, { schedules, functions }) => {
    const expression = propertyOf<string>(schedule, 'ScheduleExpression');
    const everyMilliseconds = rateMilliseconds(expression);
    if (everyMilliseconds === undefined) throw new Error(`the schedule ${expression} is not understood`);
    const { Mode } = propertyOf<{ Mode: string }>(schedule, 'FlexibleTimeWindow');
    if (Mode !== 'OFF') throw new Error(`a flexible time window (${Mode}) is not understood`);
    const target = propertyOf<ScheduleTarget>(schedule, 'Target');
    // This fails for a target that is no function of this cloud, which would never run.
    functions.get(target.Arn);
    schedules.add({
      arn: schedule.arn,
      name: schedule.name,
      group: propertyOf<string | undefined>(schedule, 'GroupName') ?? 'default',
      expression,
      everyMilliseconds,
      enabled: propertyOf<string | undefined>(schedule, 'State') !== 'DISABLED',
      targetArn: target.Arn,
      roleArn: target.RoleArn,
      ...(target.Input === undefined ? {} : { input: target.Input }),
    });
  },
};

const TARGET_PARTS = [
  'Id',
  'Arn',
  'RoleArn',
  'DeadLetterConfig',
  'RetryPolicy',
  'Input',
  'InputPath',
  'InputTransformer',
];

/** Refuses a target that would otherwise only fail when an event arrives, and lose it. */
function refuseUnknownTarget(target: RuleTarget): void {
  if (!['events', 'lambda', 'sns', 'sqs'].includes(target.Arn.split(':')[2] ?? ''))
    throw new Error(`the target ${target.Arn} is not understood`);
  const unknown = Object.keys(target).filter((name) => !TARGET_PARTS.includes(name));
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')} of its target ${target.Id} is not understood`);
}

/**
 * Milliseconds between two runs of `rate(1 minute)`. Undefined for any other text: cron() and at() are not modelled, and a schedule that would never
 * run must stop the start.
 */
export function rateMilliseconds(expression: string): number | undefined {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (count === undefined || Number(count) < 1) return undefined;
  const minutes = { minute: 1, hour: 60, day: 1_440 }[unit as 'minute' | 'hour' | 'day'];
  return Number(count) * minutes * 60_000;
}
