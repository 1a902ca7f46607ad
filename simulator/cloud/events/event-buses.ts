import { AwsFault } from '../../wire/aws-call.ts';
import { compileEventPattern } from './event-pattern.ts';
import { checkTargetInput, type TargetInput, targetInput } from './target-input.ts';

/** An event in the form that targets receive. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

export interface RuleTarget extends TargetInput {
  readonly Id: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly DeadLetterConfig?: { readonly Arn: string };
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number };
}

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly busArn: string;
  readonly pattern: unknown;
  readonly enabled: boolean;
  readonly targets: readonly RuleTarget[];
}

/** Delivers an event that matched a rule to one of its targets. */
export type Deliver = (rule: Rule, target: RuleTarget, event: BusEvent, input: string) => void;

/** The event buses of all accounts and Regions, by ARN. Every account has the bus `default` in every Region. */
export class EventBuses {
  /** Called for every event on a bus. */
  onEvent: (busArn: string, event: BusEvent, matched: readonly Rule[]) => void = () => {};
  readonly #custom = new Set<string>();
  readonly #rules = new Map<string, { readonly rule: Rule; readonly matches: (event: unknown) => boolean }[]>();
  readonly #deliver: Deliver;

  constructor(deliver: Deliver) {
    this.#deliver = deliver;
  }

  addBus(arn: string): void {
    this.#custom.add(arn);
  }

  /** Throws `InvalidEventPatternException`, `ResourceNotFoundException` for an unknown bus, and for an invalid input. */
  addRule(rule: Rule): void {
    this.#require(rule.busArn);
    for (const target of rule.targets) checkTargetInput(target);
    const matches = compileEventPattern(rule.pattern);
    this.#rules.set(rule.busArn, [...(this.#rules.get(rule.busArn) ?? []), { rule, matches }]);
  }

  has(busArn: string): boolean {
    return busArn.endsWith(':event-bus/default') || this.#custom.has(busArn);
  }

  /** The custom buses of an account and Region, and its default one. */
  busesOf(account: string, region: string): readonly string[] {
    const prefix = `arn:aws:events:${region}:${account}:event-bus/`;
    return [`${prefix}default`, ...[...this.#custom].filter((arn) => arn.startsWith(prefix))];
  }

  rulesOf(busArn: string): readonly Rule[] {
    return (this.#rules.get(busArn) ?? []).map(({ rule }) => rule);
  }

  /** Throws ResourceNotFoundException for an unknown bus. */
  publish(busArn: string, event: BusEvent): void {
    this.#require(busArn);
    const matched = (this.#rules.get(busArn) ?? []).filter(({ rule, matches }) => rule.enabled && matches(event));
    this.onEvent(
      busArn,
      event,
      matched.map(({ rule }) => rule),
    );
    for (const { rule } of matched)
      for (const target of rule.targets) this.#deliver(rule, target, event, targetInput(target, { ...event }, rule));
  }

  #require(busArn: string): void {
    if (!this.has(busArn))
      throw new AwsFault('ResourceNotFoundException', `Event bus ${busArn.split('/').at(-1)} does not exist.`);
  }
}
