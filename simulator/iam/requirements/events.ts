import type { CallFacts, RequirementRow, RequirementRows } from './requirement.ts';
import { arnOf, nameOrArn, need, on, onNoResource, records, text, textOrAny } from './row-kinds.ts';

const DEFAULT_BUS = 'default';

function busArn(call: CallFacts, bus: string): string {
  return nameOrArn(bus, (name) => arnOf('events', call, `event-bus/${name}`));
}

/** `rule/NAME` on the default bus, `rule/BUS/NAME` on others. */
function ruleArn(call: CallFacts, member: string): string {
  const name = textOrAny(call.input, member);
  const bus = (text(call.input, 'EventBusName') ?? DEFAULT_BUS).replace(/^.*event-bus\//, '');
  return arnOf('events', call, bus === DEFAULT_BUS ? `rule/${name}` : `rule/${bus}/${name}`);
}

function onRule(member: string): RequirementRow {
  const context = (call: CallFacts) => ({ 'events:creatorAccount': call.account });
  return (call) => [need(call, call.operation, ruleArn(call, member), context(call))];
}

/** One permission for each bus, with the condition keys of its entries. A call without entries is refused, but IAM decides first. */
const putEvents: RequirementRow = (call) => {
  const entries = records(call.input, 'Entries');
  const byBus = Map.groupBy(entries, (entry) => busArn(call, text(entry, 'EventBusName') ?? DEFAULT_BUS));
  if (byBus.size === 0) byBus.set(busArn(call, DEFAULT_BUS), []);
  return [...byBus].map(([bus, own]) =>
    need(call, 'PutEvents', bus, {
      'events:source': valuesOf(own, 'Source'),
      'events:detail-type': valuesOf(own, 'DetailType'),
      'events:eventBusInvocation': 'false',
    }),
  );
};

function valuesOf(entries: readonly Readonly<Record<string, unknown>>[], member: string): string[] {
  return [...new Set(entries.map((entry) => text(entry, member)).filter((value) => value !== undefined))];
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html */
export const eventsRows: RequirementRows = {
  DescribeEventBus: on((call) => busArn(call, text(call.input, 'Name') ?? DEFAULT_BUS)),
  DescribeRule: onRule('Name'),
  ListEventBuses: onNoResource,
  ListRules: onNoResource,
  ListTargetsByRule: onRule('Rule'),
  PutEvents: putEvents,
  TestEventPattern: onNoResource,
};
