import type { Template } from '../../../simulator/cloud/template/assembly.ts';
import type { Fault, Kind, Path } from './mutation.ts';
import { type Found, resourcesOf } from './resources.ts';

/** Something that resources of a type have several of. */
interface Members {
  readonly kind: Kind;
  readonly type: string;
  /** Where they are among the properties: by name, or a list. */
  readonly at: readonly string[];
  /** What an item of the list is called. */
  readonly called?: string;
  /** What a cause has to say of the one that is gone. */
  readonly named: (resource: Found, member: string) => readonly string[];
}

const MEMBERS: readonly Members[] = [
  {
    kind: 'target',
    type: 'AWS::Events::Rule',
    at: ['Targets'],
    called: 'Id',
    named: ({ logicalId }) => [logicalId],
  },
  {
    kind: 'substitution',
    type: 'AWS::StepFunctions::StateMachine',
    at: ['DefinitionSubstitutions'],
    named: ({ logicalId }, member) => [logicalId, member],
  },
  {
    kind: 'variable',
    type: 'AWS::Lambda::Function',
    at: ['Environment', 'Variables'],
    named: ({ name }, member) => [name, member],
  },
];

export const memberFaults = (stack: string, template: Template): Fault[] =>
  MEMBERS.flatMap((members) =>
    resourcesOf(stack, template, members.type).flatMap((resource) => faultsOf(members, resource)),
  );

function faultsOf({ kind, at, called, named }: Members, resource: Found): Fault[] {
  const holder = at.reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | undefined)?.[key],
    resource.properties,
  );
  const path: Path = [...resource.path, 'Properties', ...at];
  const found: (readonly [string, string | number])[] = Array.isArray(holder)
    ? holder.map((item: Record<string, unknown>, number) => [String(item[called ?? '']), number])
    : Object.keys(holder ?? {}).map((name) => [name, name]);
  return found.map(([member, key]) => ({
    id: `${kind} ${resource.name} ${member}`,
    kind,
    named: named(resource, member),
    stack: resource.stack,
    dropped: [[...path, key]],
  }));
}
