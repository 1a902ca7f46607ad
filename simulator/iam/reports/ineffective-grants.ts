import { readPolicy } from '../policy/read-policy.ts';
import type { IamDirectory } from '../principals/iam-directory.ts';
import { actionFacts } from './action-facts.ts';
import { overlaps } from './arn-overlap.ts';

/**
 * The pairs of an action and a resource in every Allow of every role that never match: the action does not exist, or does not accept the resource.
 */
export async function ineffectiveGrants(directory: IamDirectory) {
  const grants = directory.roles().flatMap((role) =>
    directory.identityPolicies(role).flatMap((named) =>
      readPolicy(named, 'identity').statements.flatMap(({ effect, action, resource }) => {
        if (effect !== 'Allow' || action === undefined || resource === undefined) return [];
        if (action.negated || resource.negated) return [];
        return action.patterns.flatMap((pattern) =>
          resource.patterns.map((each) => ({ role: role.arn, action: pattern, resource: each })),
        );
      }),
    ),
  );
  const arns = new Map<string, readonly string[]>();
  for (const pattern of new Set(grants.map(({ action }) => action)))
    arns.set(
      pattern,
      (await actionFacts(pattern)).flatMap((facts) => facts.arns),
    );
  return grants.filter(({ action, resource }) => {
    // Every action accepts `*`, and an action without resources can only be granted on `*`.
    if (action === '*' || resource === '*') return false;
    const pattern = withoutVariables(resource);
    return arns.get(action)?.some((template) => overlaps(pattern, template)) !== true;
  });
}

/** A variable may have any value. */
const withoutVariables = (resource: string): string => resource.replaceAll(/\$\{[^}]*\}/g, '*');
