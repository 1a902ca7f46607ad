import { errorMessage } from '../../../core/contracts/errors.ts';
import type { Functions } from '../lambda/functions.ts';
import type { Wiring } from '../wiring.ts';
import { type Schedule, scheduledEvent } from './schedules.ts';

export interface ScheduleParts {
  readonly functions: Functions;
  readonly wiring: Wiring;
  readonly uuid: () => string;
  readonly onNote: (note: string) => void;
}

/** Invokes the target of a schedule in the schedule's role. */
export function startSchedule(schedule: Schedule, at: Date, { functions, wiring, uuid, onNote }: ScheduleParts): void {
  const [, , , region = '', account = ''] = schedule.arn.split(':');
  const source = { service: 'scheduler.amazonaws.com', sourceArn: schedule.arn, sourceAccount: account };
  try {
    const input = schedule.input ?? scheduledEvent(schedule, at, uuid(), { account, region });
    functions.invokeAsynchronously(schedule.targetArn, input, { source, roleArn: schedule.roleArn });
    wiring.record(schedule.arn, schedule.targetArn);
  } catch (error) {
    onNote(`Schedule ${schedule.name} did not start ${wiring.nameOf(schedule.targetArn)}: ${errorMessage(error)}`);
  }
}
