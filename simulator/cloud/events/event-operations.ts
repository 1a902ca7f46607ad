import { AwsFault } from '../../wire/aws-call.ts';
import type { OperationContext, Operations } from '../operation.ts';
import type { BusEvent, EventBuses, Rule } from './event-buses.ts';
import { compileEventPattern, InvalidEventPattern } from './event-pattern.ts';

interface Entry {
  readonly EventBusName?: string;
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly Resources?: string[];
  readonly Time?: Date;
}

interface BusInput {
  readonly EventBusName?: string;
}

const MOST_ENTRIES = 10;

/** EventBridge: the operations by which Liftlock publishes, and those that show its rules. */
export function eventOperations(buses: EventBuses, uuid: () => string): Operations {
  const rulesOf = (input: BusInput, context: OperationContext): readonly Rule[] => {
    const arn = busArn(input.EventBusName, context);
    if (!buses.has(arn))
      throw new AwsFault('ResourceNotFoundException', `Event bus ${input.EventBusName ?? 'default'} does not exist.`);
    return buses.rulesOf(arn);
  };
  const ruleOf = (name: string, input: BusInput, context: OperationContext): Rule => {
    const found = rulesOf(input, context).find((rule) => rule.name === name);
    if (found === undefined) throw new AwsFault('ResourceNotFoundException', `Rule ${name} does not exist.`);
    return found;
  };
  return {
    PutEvents: ({ Entries }: { Entries: Entry[] }, context: OperationContext) => {
      if (Entries.length === 0) throw invalid('Member must have length greater than or equal to 1');
      if (Entries.length > MOST_ENTRIES) throw invalid(`Member must have length less than or equal to ${MOST_ENTRIES}`);
      const results = Entries.map((entry) => putOne(buses, entry, context, uuid()));
      return { FailedEntryCount: results.filter((result) => result.ErrorCode !== undefined).length, Entries: results };
    },
    ListEventBuses: (_: object, { account, region }: OperationContext) => ({
      EventBuses: buses.busesOf(account, region).map((Arn) => ({ Arn, Name: Arn.split('/').at(-1) })),
    }),
    DescribeEventBus: ({ Name }: { Name?: string }, context: OperationContext) => {
      const Arn = busArn(Name, context);
      if (!buses.has(Arn)) throw new AwsFault('ResourceNotFoundException', `Event bus ${Name} does not exist.`);
      return { Arn, Name: Arn.split('/').at(-1) };
    },
    ListRules: (input: BusInput & { NamePrefix?: string }, context: OperationContext) => ({
      Rules: rulesOf(input, context)
        .filter((rule) => rule.name.startsWith(input.NamePrefix ?? ''))
        .map(described),
    }),
    DescribeRule: (input: BusInput & { Name: string }, context: OperationContext) =>
      described(ruleOf(input.Name, input, context)),
    ListTargetsByRule: (input: BusInput & { Rule: string }, context: OperationContext) => ({
      Targets: ruleOf(input.Rule, input, context).targets,
    }),
    TestEventPattern: ({ EventPattern, Event }: { EventPattern: string; Event: string }) => {
      try {
        return { Result: compileEventPattern(JSON.parse(EventPattern))(JSON.parse(Event)) };
      } catch (error) {
        if (error instanceof InvalidEventPattern || error instanceof SyntaxError)
          throw new AwsFault('InvalidEventPatternException', error.message);
        throw error;
      }
    },
  };
}

const invalid = (constraint: string): AwsFault =>
  new AwsFault(
    'ValidationException',
    `1 validation error detected: Value at 'entries' failed to satisfy constraint: ${constraint}`,
    { status: 400 },
  );

function busArn(name: string | undefined, { account, region }: OperationContext): string {
  if (name?.startsWith('arn:')) return name;
  return `arn:aws:events:${region}:${account}:event-bus/${name ?? 'default'}`;
}

const described = (rule: Rule) => ({
  Name: rule.name,
  Arn: rule.arn,
  EventPattern: JSON.stringify(rule.pattern),
  State: rule.enabled ? 'ENABLED' : 'DISABLED',
  EventBusName: rule.busArn.split('/').at(-1),
});

/** One entry of PutEvents; its error is an answer of its own and no error of the call. */
function putOne(
  buses: EventBuses,
  entry: Entry,
  context: OperationContext,
  id: string,
): { EventId?: string; ErrorCode?: string; ErrorMessage?: string } {
  const { Source, DetailType, Detail, EventBusName } = entry;
  const refuse = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
  const missing = Object.entries({ Source, DetailType, Detail }).find(([, value]) => !value);
  if (missing !== undefined || !Source || !DetailType || !Detail)
    return refuse(
      'InvalidArgument',
      `Parameter ${missing?.[0]} is not valid. Reason: ${missing?.[0]} is a required argument.`,
    );
  if (Source.startsWith('aws.')) return refuse('NotAuthorizedForSourceException', 'Not authorized for the source.');
  const detail = parse(Detail);
  if (typeof detail !== 'object' || detail === null || Array.isArray(detail))
    return refuse('MalformedDetail', 'Detail is malformed.');
  const event: BusEvent = {
    version: '0',
    id,
    'detail-type': DetailType,
    source: Source,
    account: context.account,
    time: `${(entry.Time ?? context.now).toISOString().slice(0, 19)}Z`,
    region: context.region,
    resources: entry.Resources ?? [],
    detail,
  };
  try {
    buses.publish(busArn(EventBusName, context), event);
    return { EventId: id };
  } catch (error) {
    // AWS accepts events for an unknown bus, and loses them; an error helps in a rehearsal.
    if (error instanceof AwsFault) return refuse(error.name, error.message);
    throw error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
