import type { Template } from '../../../simulator/cloud/template/assembly.ts';
import type { Fault } from './mutation.ts';
import { nameInArn, resourcesOf } from './resources.ts';

/** Who may take a role: without its trust policy nobody, which leaves an empty list behind, as a mistake in infra/ would. */
export function trustFaults(stack: string, template: Template): Fault[] {
  return resourcesOf(stack, template, 'AWS::IAM::Role').map((role) => ({
    id: `trust ${role.name}`,
    kind: 'trust',
    named: [nameInArn(role), 'sts:AssumeRole'],
    stack,
    dropped: [[...role.path, 'Properties', 'AssumeRolePolicyDocument', 'Statement', 0]],
  }));
}
