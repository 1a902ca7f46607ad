import { AwsFault } from '../../wire/aws-call.ts';
import { compileEventPattern } from './event-pattern.ts';

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

/** The input of a target: the event, a part of it, a constant, or a text made from parts of it. */
export interface TargetInput {
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
}

/** Variables that a target's template may use without a path. */
const RULE_VARIABLES = ['aws.events.rule-arn', 'aws.events.rule-name'] as const;
const EVENT_VARIABLES = ['aws.events.event', 'aws.events.event.json', 'aws.events.event.ingestion-time'] as const;
const PLACEHOLDER = /<([\w.-]+)>/g;

/** Throws for a template with an undefined placeholder, which EventBridge would refuse, and for two inputs at once. */
export function checkTargetInput({ Input, InputPath, InputTransformer }: TargetInput): void {
  if ([Input, InputPath, InputTransformer].filter((one) => one !== undefined).length > 1)
    throw new Error('only one of Input, InputPath and InputTransformer may be given');
  if (InputTransformer === undefined) return;
  const { InputPathsMap = {}, InputTemplate } = InputTransformer;
  const known = new Set<string>([...Object.keys(InputPathsMap), ...RULE_VARIABLES, ...EVENT_VARIABLES]);
  for (const [, name = ''] of InputTemplate.matchAll(PLACEHOLDER))
    if (!known.has(name)) throw new Error(`the placeholder <${name}> of an input template has no path`);
}

/** The JSON text that a target receives. Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html */
export function targetInput(
  target: TargetInput,
  event: Readonly<Record<string, unknown>>,
  rule: { readonly name: string; readonly arn: string },
): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(at(event, target.InputPath) ?? null);
  if (target.InputTransformer === undefined) return JSON.stringify(event);
  const { InputPathsMap = {}, InputTemplate } = target.InputTransformer;
  const { detail: _, ...withoutDetail } = event;
  const variables = new Map<string, unknown>([
    ['aws.events.rule-arn', rule.arn],
    ['aws.events.rule-name', rule.name],
    ['aws.events.event', withoutDetail],
    ['aws.events.event.json', event],
    ['aws.events.event.ingestion-time', event.time],
  ]);
  const isJson = InputTemplate.trimStart().startsWith('{');
  return InputTemplate.replaceAll(PLACEHOLDER, (_whole, name: string, offset: number) => {
    const value = variables.has(name) ? variables.get(name) : at(event, InputPathsMap[name] ?? '');
    const json = JSON.stringify(value ?? '');
    // Inside quotes a text is inserted as it is, and any other value as JSON text; outside quotes each is JSON.
    if (isQuoted(InputTemplate.slice(0, offset))) return quotedText(typeof value === 'string' ? value : json);
    return !isJson && typeof value === 'string' ? value : json;
  });
}

const quotedText = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Whether the position is inside a JSON string. */
function isQuoted(before: string): boolean {
  return (before.replaceAll(/\\[\s\S]/g, '').match(/"/g) ?? []).length % 2 === 1;
}

/** `$.detail.status`: names and list positions only, as in EventBridge. */
function at(event: unknown, path: string): unknown {
  const names = path.replace(/^\$\.?/, '').match(/[^.[\]]+/g) ?? [];
  let value = event;
  for (const name of names) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
