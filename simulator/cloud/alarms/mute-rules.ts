import { AwsFault } from '../../wire/aws-call.ts';

/** The input of PutAlarmMuteRule. */
export interface MuteRuleInput {
  readonly Name: string;
  readonly Description?: string;
  readonly Rule: { readonly Schedule: { readonly Expression: string; readonly Duration: string } };
  readonly MuteTargets?: { readonly AlarmNames?: readonly string[] };
  readonly StartDate?: Date;
  readonly ExpireDate?: Date;
}

export interface KeptMuteRule {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly description: string;
  readonly expression: string;
  readonly duration: string;
  readonly alarms: readonly string[];
  /** Milliseconds since 1970. */
  readonly startDate?: number;
  readonly expireDate?: number;
  readonly updatedAt: number;
}

interface Place {
  readonly account: string;
  readonly region: string;
}

const MINUTE = 60_000;
const LONGEST = 15 * 24 * 60 * MINUTE;

/**
 * CloudWatch's mute rules, with one window each. A rule with a cron expression is kept but never active here. Source:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAlarmMuteRule.html
 */
export class MuteRules {
  readonly #all = new Map<string, KeptMuteRule>();
  onChange: (kept: readonly KeptMuteRule[]) => void = () => {};

  restore(kept: readonly KeptMuteRule[]): void {
    for (const rule of kept) this.#all.set(keyOf(rule, rule.name), rule);
  }

  all(): readonly KeptMuteRule[] {
    return [...this.#all.values()];
  }

  of({ account, region }: Place): readonly KeptMuteRule[] {
    return this.all().filter((rule) => rule.account === account && rule.region === region);
  }

  get(place: Place, name: string): KeptMuteRule | undefined {
    return this.#all.get(keyOf(place, name));
  }

  /** Replaces the rule of that name. `there`: names of the alarms of the account and Region. */
  put({ account, region }: Place, input: MuteRuleInput, there: readonly string[], now: Date): void {
    const { Name: name, Description: description = '', Rule, MuteTargets, StartDate, ExpireDate } = input;
    const { Expression: expression, Duration: duration } = Rule.Schedule;
    const alarms = MuteTargets?.AlarmNames ?? [];
    within('name', name, 1, 255);
    within('description', description, 0, 1024);
    if (windowOf(expression) === undefined && !/^cron\((?:\S+ ){4}\S+\)$/.test(expression))
      invalid(
        `'${expression}' at 'rule.schedule.expression' is neither at(yyyy-MM-ddThh:mm) nor cron(…) of five fields`,
      );
    const milliseconds = millisecondsOf(duration);
    if (milliseconds === undefined || milliseconds < MINUTE || milliseconds > LONGEST)
      invalid(`'${duration}' at 'rule.schedule.duration' is no ISO 8601 duration from PT1M to P15D`);
    if (alarms.length > 100) invalid(`${alarms.length} at 'muteTargets.alarmNames': at most 100`);
    for (const alarm of alarms) {
      within('muteTargets.alarmNames', alarm, 1, 255);
      if (!there.includes(alarm)) throw new AwsFault('ResourceNotFoundException', `There is no alarm ${alarm}.`);
    }
    const dates = { startDate: StartDate?.getTime(), expireDate: ExpireDate?.getTime() };
    const kept = Object.fromEntries(Object.entries(dates).filter(([, value]) => value !== undefined));
    const rule = { account, region, name, description, expression, duration, alarms: [...alarms], ...kept };
    this.#all.set(keyOf(rule, name), { ...rule, updatedAt: now.getTime() });
    this.#changed();
  }

  /** Succeeds when there is no such rule. */
  delete(place: Place, name: string): void {
    this.#all.delete(keyOf(place, name));
    this.#changed();
  }

  /** Whether the actions of an alarm are muted; a rule that names no alarm mutes all. */
  mutes(place: Place, alarm: string, now: Date): boolean {
    const isAbout = ({ alarms }: KeptMuteRule) => alarms.length === 0 || alarms.includes(alarm);
    return this.of(place).some((rule) => isAbout(rule) && muteStatus(rule, now) === 'ACTIVE');
  }

  #changed(): void {
    this.onChange(this.all());
  }
}

export function muteStatus(rule: KeptMuteRule, now: Date): 'SCHEDULED' | 'ACTIVE' | 'EXPIRED' {
  const at = now.getTime();
  const begins = windowOf(rule.expression);
  const ends = begins === undefined ? undefined : begins + (millisecondsOf(rule.duration) ?? 0);
  if ((rule.expireDate !== undefined && at >= rule.expireDate) || (ends !== undefined && at >= ends)) return 'EXPIRED';
  return begins !== undefined && at >= Math.max(begins, rule.startDate ?? 0) ? 'ACTIVE' : 'SCHEDULED';
}

const keyOf = ({ account, region }: Place, name: string): string => `${account}/${region}/${name}`;

/** The instant of an `at` expression in UTC; undefined for any other. */
function windowOf(expression: string): number | undefined {
  const [, minute] = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2})\)$/.exec(expression) ?? [];
  const begins = minute === undefined ? Number.NaN : Date.parse(`${minute}:00Z`);
  return Number.isNaN(begins) ? undefined : begins;
}

function millisecondsOf(duration: string): number | undefined {
  const [whole, days = '0', hours = '0', minutes = '0'] =
    /^P(?=.)(?:(\d+)D)?(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(duration) ?? [];
  return whole === undefined ? undefined : ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * MINUTE;
}

function within(member: string, text: string, least: number, most: number): void {
  if (text.length < least || text.length > most)
    invalid(`'${text.slice(0, 40)}' at '${member}' must have from ${least} to ${most} characters`);
}

function invalid(what: string): never {
  throw new AwsFault('ValidationError', `1 validation error detected: Value ${what}`, { status: 400 });
}
