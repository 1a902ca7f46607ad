/** An alarm of a template, or one that somebody made by hand. */
export interface Alarm {
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly kind: 'metric' | 'composite';
  readonly description?: string;
}

export const STATE_VALUES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

export interface AlarmState {
  readonly value: (typeof STATE_VALUES)[number];
  readonly reason: string;
  /** Since when, in milliseconds since 1970; absent = ever. */
  readonly since?: number;
}

/** What outlives the process: templates make their own alarms again. */
export interface KeptAlarms {
  readonly made: readonly Alarm[];
  readonly states: readonly (readonly [arn: string, state: AlarmState])[];
}

const UNTOUCHED: AlarmState = { value: 'INSUFFICIENT_DATA', reason: 'The local cloud does not evaluate alarms.' };

/** Alarms are in the state that somebody put them into, as SetAlarmState does: the local cloud does not evaluate them. */
export class Alarms {
  readonly #all = new Map<string, Alarm>();
  readonly #made = new Map<string, Alarm>();
  readonly #states = new Map<string, AlarmState>();
  onChange: (kept: KeptAlarms) => void = () => {};

  add(alarm: Alarm): void {
    this.#all.set(alarm.arn, alarm);
  }

  /** By hand, over whatever had the name before. */
  make(alarm: Alarm): void {
    this.add(alarm);
    this.#made.set(alarm.arn, alarm);
    this.#changed();
  }

  restore({ made, states }: KeptAlarms): void {
    for (const alarm of made) {
      this.add(alarm);
      this.#made.set(alarm.arn, alarm);
    }
    for (const [arn, state] of states) this.#states.set(arn, state);
  }

  of(account: string, region: string): readonly Alarm[] {
    return [...this.#all.values()].filter((alarm) => alarm.account === account && alarm.region === region);
  }

  stateOf({ arn }: Alarm): AlarmState {
    return this.#states.get(arn) ?? UNTOUCHED;
  }

  /** `since` moves when the value does. */
  put({ arn }: Alarm, value: AlarmState['value'], reason: string, now: Date): void {
    const before = this.#states.get(arn);
    const since = before?.value === value && before.since !== undefined ? before.since : now.getTime();
    this.#states.set(arn, { value, reason, since });
    this.#changed();
  }

  #changed(): void {
    this.onChange({ made: [...this.#made.values()], states: [...this.#states] });
  }
}
