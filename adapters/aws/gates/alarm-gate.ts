import {
  CloudWatchClient,
  type CloudWatchClientConfig,
  type CompositeAlarm,
  DescribeAlarmsCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { given } from '../../../core/model/given.ts';
import { remembered } from '../../../core/model/remembered.ts';
import { type GateAnswer, oneLine, unknown } from '../../../core/policy/gate-answer.ts';
import type { Clock } from '../../../core/ports/outside.ts';
import { readLimits } from '../request-limits.ts';
import type { SpokeSessions } from '../spoke-role.ts';
import { createTokenBucket, type Sleep, type TokenBucket } from '../token-bucket.ts';

interface AlarmGatesOptions {
  /** Alarms of this account are read with the function's own role, alarms of other accounts with their spoke role. */
  readonly hubAccount: string;
  readonly sessions: Pick<SpokeSessions, 'forAccount'>;
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Endpoint and the like, for tests; without it the environment's `AWS_ENDPOINT_URL_CLOUDWATCH` counts. */
  readonly client?: CloudWatchClientConfig;
}

export interface AlarmGates {
  /** Fails with the errors of CloudWatch and STS. */
  read(alarm: string, signal: AbortSignal): Promise<GateAnswer>;
}

/** A small rate of its own for each account and Region, since consoles and other tools of the account share CloudWatch's quota. */
const RATE = { perSecond: 3, burst: 9 };

interface Door {
  readonly client: CloudWatchClient;
  readonly bucket: TokenBucket;
}

/** Asks DescribeAlarms for one alarm at a time, metric or composite, by its exact name. */
export function createAlarmGates(options: AlarmGatesOptions): AlarmGates {
  const { hubAccount, sessions, clock, sleep, client: config = {} } = options;
  const open = ({ account, region }: AlarmPlace): Door => ({
    client: new CloudWatchClient({
      ...readLimits,
      ...given({ region }),
      ...config,
      ...(account === hubAccount ? {} : { credentials: () => sessions.forAccount(account) }),
    }),
    bucket: createTokenBucket({ clock, sleep, ...RATE }),
  });
  const nameOf = ({ account, region = '' }: AlarmPlace): string => `${account}/${region}`;
  const doorTo = remembered(open, new Map<string, Door>(), nameOf);

  return {
    async read(alarm, signal) {
      const place = alarmPlace(alarm, hubAccount);
      const { client, bucket } = doorTo(place);
      await bucket.take();
      const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
        // Without types CloudWatch returns only metric alarms.
        new DescribeAlarmsCommand({ AlarmNames: [place.name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
        { abortSignal: signal },
      );
      const found = [...MetricAlarms, ...CompositeAlarms].find(({ AlarmName }) => AlarmName === place.name);
      return found === undefined ? unknown(missing(place, hubAccount)) : answerOf(found);
    },
  };
}

/**
 * OK is green and ALARM is red, whether or not the alarm's actions are enabled, suppressed or muted: those only decide who is told. OK that rests on
 * partial data or on a failed evaluation does not count as OK.
 */
function answerOf(alarm: MetricAlarm | CompositeAlarm): GateAnswer {
  const { StateValue: state, StateTransitionedTimestamp: since, StateReason: text = '' } = alarm;
  const evaluation = 'EvaluationState' in alarm ? alarm.EvaluationState : undefined;
  const from = since === undefined ? '' : ` since ${since.toISOString()}`;
  const why = oneLine(text);
  const words = why === '' ? '' : `: ${why}`;
  if (state === 'ALARM') return { status: 'red', message: `It is in ALARM${from}${words}.` };
  if (state === 'OK' && evaluation === undefined) return { status: 'green', message: `It is OK${from}.` };
  if (state === 'OK') return unknown(`It is OK${from}, but its evaluation is ${evaluation}.`);
  return unknown(`It is ${state ?? 'in no state'}${from}, which is not OK${words}.`);
}

function missing({ account, region, name }: AlarmPlace, hubAccount: string): string {
  const where = account === hubAccount ? "Liftlock's own account" : `account ${account}`;
  return `There is no alarm ${name} in ${where} in ${region ?? "Liftlock's own Region"}.`;
}

/** The account and Region of an alarm, and its name. */
interface AlarmPlace {
  readonly account: string;
  /** Undefined = Liftlock's own Region. */
  readonly region: string | undefined;
  readonly name: string;
}

/**
 * The place of an alarm. `errors` is in Liftlock's own account and Region; `arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME` may be anywhere. Names may
 * contain colons.
 */
export function alarmPlace(alarm: string, hubAccount: string): AlarmPlace {
  const [, , , region, account, , ...name] = alarm.split(':');
  return alarm.startsWith('arn:') && region !== undefined && account !== undefined
    ? { account, region, name: name.join(':') }
    : { account: hubAccount, region: undefined, name: alarm };
}
