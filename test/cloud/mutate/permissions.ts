import type { Template } from '../../../simulator/cloud/template/assembly.ts';
import type { Fault, Path } from './mutation.ts';
import { type Found, nameInArn, resourcesOf } from './resources.ts';
import { listOf, type Statement, statementsOf } from './statements.ts';

interface InlinePolicy {
  readonly PolicyDocument: unknown;
}

/** One action of one Allow statement of a role's policies. */
export function permissionFaults(stack: string, template: Template): Fault[] {
  const roles = resourcesOf(stack, template, 'AWS::IAM::Role');
  const inline = roles.flatMap((role) =>
    listOf(role.properties.Policies as InlinePolicy[] | undefined).flatMap(({ PolicyDocument }, number) =>
      faultsOf(role, PolicyDocument, [...role.path, 'Properties', 'Policies', number], 'PolicyDocument'),
    ),
  );
  const attached = resourcesOf(stack, template, 'AWS::IAM::Policy').flatMap((policy) =>
    roles
      .filter(({ logicalId }) => JSON.stringify(policy.properties.Roles) === JSON.stringify([{ Ref: logicalId }]))
      .flatMap((role) => faultsOf(role, policy.properties.PolicyDocument, policy.path, 'Properties', 'PolicyDocument')),
  );
  return [...inline, ...attached];
}

/** @param policy what goes as a whole when nothing of it would be left: IAM takes no document without statements */
function faultsOf(role: Found, document: unknown, policy: Path, ...toDocument: string[]): Fault[] {
  const statements = statementsOf(document, policy, [...policy, ...toDocument]);
  return statements
    .filter(({ statement }) => statement.Effect === 'Allow')
    .flatMap((found) => listOf(found.statement.Action).map((action, number) => faultOf(role, found, action, number)));
}

function faultOf(role: Found, { statement, path, whole }: Statement, action: string, number: number): Fault {
  const { Action, Sid } = statement;
  return {
    id: ['permission', role.name, action, ...(Sid === undefined ? [] : [Sid])].join(' '),
    kind: 'permission',
    named: [nameInArn(role), action],
    stack: role.stack,
    dropped: [Array.isArray(Action) && Action.length > 1 ? [...path, 'Action', number] : whole],
  };
}
