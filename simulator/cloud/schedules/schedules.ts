import type { Timers } from '../../clock/timers.ts';
import { AwsFault } from '../../wire/aws-call.ts';
import type { OperationContext, Operations } from '../operation.ts';

export interface Schedule {
  readonly arn: string;
  readonly name: string;
  readonly group: string;
  readonly expression: string;
  readonly everyMilliseconds: number;
  readonly enabled: boolean;
  readonly targetArn: string;
  readonly roleArn: string;
  readonly input?: string;
}

/** EventBridge Scheduler: runs rate schedules from their installation on, by the clock. */
export class Schedules {
  readonly #schedules: Schedule[] = [];
  readonly #timers: Timers;
  readonly #fire: (schedule: Schedule, at: Date) => void;
  #stopped = false;

  constructor(timers: Timers, fire: (schedule: Schedule, at: Date) => void) {
    this.#timers = timers;
    this.#fire = fire;
  }

  add(schedule: Schedule): void {
    this.#schedules.push(schedule);
  }

  /** Runs every schedule now and then at its rate. */
  start(): void {
    for (const schedule of this.#schedules) if (schedule.enabled) this.#run(schedule, this.#timers.now());
  }

  stop(): void {
    this.#stopped = true;
  }

  all(): readonly Schedule[] {
    return this.#schedules;
  }

  #run(schedule: Schedule, at: Date): void {
    this.#timers.schedule(at, () => {
      if (this.#stopped) return;
      this.#run(schedule, new Date(at.getTime() + schedule.everyMilliseconds));
      this.#fire(schedule, at);
    });
  }
}

/** The event for a target without an input of its own. Source: facts: serverless.md, EventBridge Scheduler. */
export function scheduledEvent(
  schedule: Schedule,
  at: Date,
  id: string,
  place: { account: string; region: string },
): string {
  return JSON.stringify({
    version: '0',
    id,
    'detail-type': 'Scheduled Event',
    source: 'aws.scheduler',
    account: place.account,
    time: `${at.toISOString().slice(0, 19)}Z`,
    region: place.region,
    resources: [schedule.arn],
    detail: '{}',
  });
}

export function scheduleOperations(schedules: Schedules, createdAt: Date): Operations {
  const state = ({ enabled }: Schedule) => (enabled ? 'ENABLED' : 'DISABLED');
  const inPlace = ({ account, region }: OperationContext) =>
    schedules.all().filter(({ arn }) => arn.startsWith(`arn:aws:scheduler:${region}:${account}:`));
  return {
    ListSchedules: ({ GroupName }: { GroupName?: string }, context: OperationContext) => ({
      Schedules: inPlace(context)
        .filter(({ group }) => GroupName === undefined || group === GroupName)
        .map((schedule) => ({
          Arn: schedule.arn,
          Name: schedule.name,
          GroupName: schedule.group,
          State: state(schedule),
          CreationDate: createdAt,
          Target: { Arn: schedule.targetArn },
        })),
    }),
    GetSchedule: ({ Name, GroupName = 'default' }: { Name: string; GroupName?: string }, context: OperationContext) => {
      const schedule = inPlace(context).find(({ name, group }) => name === Name && group === GroupName);
      if (schedule === undefined) throw new AwsFault('ResourceNotFoundException', `Schedule ${Name} does not exist.`);
      return {
        Arn: schedule.arn,
        Name,
        GroupName,
        ScheduleExpression: schedule.expression,
        State: state(schedule),
        CreationDate: createdAt,
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: schedule.targetArn, RoleArn: schedule.roleArn },
      };
    },
    ListScheduleGroups: (_: object, context: OperationContext) => ({
      ScheduleGroups: [...new Set(['default', ...inPlace(context).map(({ group }) => group)])].map((Name) => ({
        Arn: `arn:aws:scheduler:${context.region}:${context.account}:schedule-group/${Name}`,
        Name,
        State: 'ACTIVE',
      })),
    }),
  };
}
