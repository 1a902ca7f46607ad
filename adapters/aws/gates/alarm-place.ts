/** Where an alarm is. */
export interface AlarmPlace {
  readonly account: string;
  /** Undefined = Liftlock's own. */
  readonly region: string | undefined;
  readonly name: string;
}

/** `errors` is beside Liftlock; `arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME` may be anywhere. Names may contain colons. */
export function alarmPlace(alarm: string, hubAccount: string): AlarmPlace {
  const [, , , region, account, , ...name] = alarm.split(':');
  return alarm.startsWith('arn:') && region !== undefined && account !== undefined
    ? { account, region, name: name.join(':') }
    : { account: hubAccount, region: undefined, name: alarm };
}
