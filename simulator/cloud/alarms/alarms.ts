import type { AlarmDefinition } from './alarm-definition.ts';
import { evaluateAlarm, type ReadMetric } from './evaluate-alarm.ts';

/** An alarm of a template, or one that somebody made by hand. */
export interface Alarm {
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly kind: 'metric' | 'composite';
  readonly description?: string;
  /** When it rings; absent of those that were made by hand, which stay as they were put. */
  readonly definition?: AlarmDefinition;
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

const UNTOUCHED: AlarmState = {
  value: 'INSUFFICIENT_DATA',
  reason: 'It was made by hand, and nobody has put it into a state.',
};

/**
 * Alarms are in the state that somebody put them into, as SetAlarmState does, and stay there. Those of templates are otherwise evaluated when
 * somebody asks: their actions are not taken.
 */
export class Alarms {
  readonly #all = new Map<string, Alarm>();
  readonly #made = new Map<string, Alarm>();
  readonly #states = new Map<string, AlarmState>();
  onChange: (kept: KeptAlarms) => void = () => {};
  readonly #read: ReadMetric;

  constructor(read: ReadMetric = () => []) {
    this.#read = read;
  }

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

  stateOf(alarm: Alarm, now: Date): AlarmState {
    return this.#states.get(alarm.arn) ?? this.#evaluated(alarm, now) ?? UNTOUCHED;
  }

  #evaluated({ definition }: Alarm, now: Date): AlarmState | undefined {
    if (definition === undefined) return undefined;
    if (!('anyOf' in definition)) {
      const value = evaluateAlarm(definition, this.#read, now.getTime());
      return { value, reason: `${definition.periods} periods were looked at, to ${now.toISOString()}.` };
    }
    const ringing = definition.anyOf.filter((arn) => {
      const one = this.#all.get(arn);
      return one !== undefined && this.stateOf(one, now).value === 'ALARM';
    });
    return { value: ringing.length > 0 ? 'ALARM' : 'OK', reason: `In ALARM: ${ringing.join(', ') || 'none'}.` };
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
