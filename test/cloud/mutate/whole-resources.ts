import type { Template } from '../../../simulator/cloud/template/assembly.ts';
import type { Fault, Kind } from './mutation.ts';
import { referrersOf } from './referrers.ts';
import { type Found, resourcesOf } from './resources.ts';

interface Whole {
  readonly kind: Kind;
  readonly type: string;
  /** What a cause has to say of the one that is gone. */
  readonly named: (resource: Found) => readonly string[];
}

const WHOLE: readonly Whole[] = [
  { kind: 'rule', type: 'AWS::Events::Rule', named: ({ logicalId }) => [logicalId] },
  { kind: 'event-source', type: 'AWS::Lambda::EventSourceMapping', named: sourceOf },
  { kind: 'route', type: 'AWS::ApiGatewayV2::Route', named: ({ name }) => [name] },
  { kind: 'schedule', type: 'AWS::Scheduler::Schedule', named: ({ name }) => [`Schedule ${name}`] },
];

/** A mapping of a stream says where in it to begin. */
function sourceOf({ properties }: Found): string[] {
  return ['nobody takes', properties.StartingPosition === undefined ? 'Queue' : 'Table'];
}

/** What is one resource: it goes, with whatever refers to it. */
export function wholeResourceFaults(stack: string, template: Template): Fault[] {
  return WHOLE.flatMap(({ kind, type, named }) =>
    resourcesOf(stack, template, type).map((resource) => ({
      id: `${kind} ${resource.name}`,
      kind,
      named: named(resource),
      stack,
      dropped: [resource.path, ...referrersOf(resource)],
    })),
  );
}
