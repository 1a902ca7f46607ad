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

type FoundAlarm = MetricAlarm | CompositeAlarm;

/** Finds the alarm of this exact name in one account and Region. */
type FindAlarm = (name: string, signal: AbortSignal) => Promise<FoundAlarm | undefined>;

/** DescribeAlarms takes as many names (its API reference). */
const MOST_NAMES = 100;

/** Asks DescribeAlarms for all alarms at once that are asked for before the rate lets it be called: a tick asks for those of all waves. */
function findAlarms(client: Pick<CloudWatchClient, 'send'>, bucket: TokenBucket): FindAlarm {
  let next: { readonly names: Set<string>; readonly found: Promise<ReadonlyMap<string, FoundAlarm>> } | undefined;
  const ask = (signal: AbortSignal) => {
    const names = new Set<string>();
    const asked = bucket.take().then(async () => {
      if (next?.names === names) next = undefined;
      const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
        // Without types CloudWatch returns only metric alarms, and without a number fifty of them.
        new DescribeAlarmsCommand({
          AlarmNames: [...names],
          AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
          MaxRecords: MOST_NAMES,
        }),
        { abortSignal: signal },
      );
      return new Map([...MetricAlarms, ...CompositeAlarms].map((alarm) => [alarm.AlarmName ?? '', alarm]));
    });
    return { names, found: asked };
  };
  return async (name, signal) => {
    if (next === undefined || next.names.size >= MOST_NAMES) next = ask(signal);
    next.names.add(name);
    return (await next.found).get(name);
  };
}

/** Asks for alarms, metric or composite, by their exact names. */
export function createAlarmGates(options: AlarmGatesOptions): AlarmGates {
  const { hubAccount, sessions, clock, sleep, client: config = {} } = options;
  const open = ({ account, region }: AlarmPlace): FindAlarm => {
    const client = new CloudWatchClient({
      ...readLimits,
      ...given({ region }),
      ...config,
      ...(account === hubAccount ? {} : { credentials: () => sessions.forAccount(account) }),
    });
    return findAlarms(client, createTokenBucket({ clock, sleep, ...RATE }));
  };
  const nameOf = ({ account, region = '' }: AlarmPlace): string => `${account}/${region}`;
  const finderOf = remembered(open, new Map<string, FindAlarm>(), nameOf);

  return {
    async read(alarm, signal) {
      const place = alarmPlace(alarm, hubAccount);
      const found = await finderOf(place)(place.name, signal);
      return found === undefined ? unknown(missing(place, hubAccount)) : answerOf(found);
    },
  };
}

/**
 * OK is green and ALARM is red, whether or not the alarm's actions are enabled, suppressed or muted: those only decide who is told. OK that rests on
 * partial data or on a failed evaluation does not count as OK.
 */
function answerOf(alarm: FoundAlarm): GateAnswer {
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
