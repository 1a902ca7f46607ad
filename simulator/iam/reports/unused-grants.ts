import type { Usage } from '../access/access-record.ts';
import { actionMatches } from '../evaluation/action-match.ts';
import { readPolicy } from '../policy/read-policy.ts';
import type { IamDirectory } from '../principals/iam-directory.ts';
import { isMutating } from './action-table.ts';

/** An action, or a pattern of actions, that a role is granted and never used. */
export interface UnusedGrant {
  readonly role: string;
  readonly action: string;
  /** `policy statement 2 (Sid)` of each statement that grants it. */
  readonly grantedBy: readonly string[];
}

export interface UnusedGrantOptions {
  /** Only actions that change something: reads that were not needed in one run say little. */
  readonly mutatingOnly?: boolean;
}

/**
 * Per role and action, since grants of several statements overlap and use of one is use of all. NotAction is left out: what it grants has no
 * end. Throws with `mutatingOnly` for an action that is not in the table.
 */
export function unusedGrants(
  directory: IamDirectory,
  usage: readonly Usage[],
  { mutatingOnly = false }: UnusedGrantOptions = {},
): UnusedGrant[] {
  const usedBy = Map.groupBy(usage, ({ role }) => role);
  return directory.roles().flatMap((role) => {
    const used = usedBy.get(role.arn)?.map(({ action }) => action) ?? [];
    const granted = new Map<string, string[]>();
    for (const named of directory.identityPolicies(role)) {
      for (const { effect, action, index, sid } of readPolicy(named, 'identity').statements) {
        if (effect !== 'Allow' || action === undefined || action.negated) continue;
        const place = `${named.name} statement ${index}${sid === undefined ? '' : ` (${sid})`}`;
        for (const pattern of action.patterns) granted.set(pattern, [...(granted.get(pattern) ?? []), place]);
      }
    }
    return [...granted]
      .filter(([pattern]) => !used.some((action) => actionMatches(pattern, action)))
      .filter(([pattern]) => !mutatingOnly || isMutating(pattern))
      .map(([action, grantedBy]) => ({ role: role.arn, action, grantedBy }));
  });
}
