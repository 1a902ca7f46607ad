import { readPolicy } from '../policy/read-policy.ts';
import type { IamDirectory } from '../principals/iam-directory.ts';
import { type KnownAction, knownActions } from './action-table.ts';
import { overlaps } from './arn-overlap.ts';

/** An action and a resource of one statement that never meet: the action does not take such a resource. */
export interface IneffectiveGrant {
  readonly role: string;
  readonly policy: string;
  readonly statement: number;
  readonly sid?: string;
  readonly action: string;
  readonly resource: string;
}

/** Looks at every Allow of every role. Throws for an action that is not in the table. */
export function ineffectiveGrants(directory: IamDirectory): IneffectiveGrant[] {
  return directory.roles().flatMap((role) =>
    directory.identityPolicies(role).flatMap((named) =>
      readPolicy(named, 'identity').statements.flatMap(({ effect, action, resource, index, sid }) => {
        if (effect !== 'Allow' || action === undefined || resource === undefined) return [];
        if (action.negated || resource.negated) return [];
        return action.patterns.flatMap((pattern) =>
          resource.patterns
            .filter((each) => !knownActions(pattern).some((known) => takes(known, each)))
            .map((each) => ({
              role: role.arn,
              policy: named.name,
              statement: index,
              ...(sid === undefined ? {} : { sid }),
              action: pattern,
              resource: each,
            })),
        );
      }),
    ),
  );
}

/** `*` is taken by every action, and by nothing else is an action without resources granted. */
function takes({ row }: KnownAction, resource: string): boolean {
  if (resource === '*') return true;
  const pattern = withoutVariables(resource);
  return row.resources.some((template) => overlaps(pattern, template));
}

/** A variable may have any value. */
function withoutVariables(resource: string): string {
  return resource.replaceAll(/\$\{[^}]*\}/g, '*');
}
