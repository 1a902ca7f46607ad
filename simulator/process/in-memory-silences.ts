import type { Scope } from '../../core/ports/eks.ts';
import type { Clock } from '../../core/ports/outside.ts';
import type { AlarmState, MuteRule, Silences } from '../../core/ports/silences.ts';
import { MuteRules } from '../cloud/alarms/mute-rules.ts';
import { AwsFault } from '../wire/aws-call.ts';

/** An alarm that a scenario names. */
export interface AlarmHere {
  /** `none`: there is no such alarm; `closed`: it lacks the tag that allows Liftlock to mute it. */
  readonly is?: 'none' | 'closed';
  readonly state?: AlarmState['state'];
}

/** CloudWatch as a scenario describes it. Every alarm that it does not name exists, is OK and may be muted, since a rehearsal has none. */
export class InMemorySilences implements Silences {
  readonly alarms = new Map<string, AlarmHere>();
  readonly rules = new MuteRules();
  /** The calls in their order; `refuse` is called before each. */
  readonly sent: string[] = [];
  refuse: (operation: 'get' | 'put' | 'delete' | 'describe') => void = () => {};
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async describeAlarms(_: Scope, names: readonly string[]): Promise<AlarmState[]> {
    this.refuse('describe');
    return names.flatMap((name) => {
      const { is, state = 'OK' } = this.alarms.get(name) ?? {};
      return is === 'none' ? [] : [{ name, state, reason: 'As the scenario has it.' }];
    });
  }

  async getMuteRule(scope: Scope, name: string): Promise<{ description: string } | undefined> {
    this.refuse('get');
    return this.rules.get(scope, name);
  }

  async putMuteRule(scope: Scope, { name, description, alarms, startsAt, endsAt }: MuteRule): Promise<void> {
    this.refuse('put');
    const closed = alarms.find((alarm) => this.alarms.get(alarm)?.is === 'closed');
    if (closed !== undefined)
      throw new AwsFault('AccessDenied', `not authorized to perform cloudwatch:PutAlarmMuteRule on alarm:${closed}`);
    const minutes = (Date.parse(endsAt) - Date.parse(startsAt)) / 60_000;
    const Schedule = { Expression: `at(${startsAt.slice(0, 16)})`, Duration: `PT${minutes}M` };
    const rule = { Name: name, Description: description, Rule: { Schedule }, MuteTargets: { AlarmNames: alarms } };
    const there = (await this.describeAlarms(scope, alarms)).map((alarm) => alarm.name);
    this.rules.put(scope, { ...rule, ExpireDate: new Date(endsAt) }, there, this.#clock.now());
    this.sent.push(`mute ${alarms.join(', ')}`);
  }

  async deleteMuteRule(scope: Scope, name: string): Promise<void> {
    this.refuse('delete');
    this.rules.delete(scope, name);
    this.sent.push('unmute');
  }
}
