import type { Denial } from '../iam/access/access-record.ts';
import { readPolicy } from '../iam/policy/policy-document.ts';
import type { IamDirectory } from '../iam/principals/iam-directory.ts';
import { actionFacts } from '../iam/reports/action-facts.ts';
import { overlaps } from '../iam/reports/arn-overlap.ts';
import type { LocalCloud } from './local-cloud.ts';

/** The result of a run about the template's permissions. */
export interface AccessReport {
  /** Number of decided accesses, and of distinct permissions among them. */
  readonly decided: number;
  readonly permissions: number;
  /** Accesses that were denied although nothing in the fleet says so: each is a missing permission. */
  readonly missing: readonly string[];
  /** Permissions that can never match anything. */
  readonly ineffective: readonly string[];
  /** Parts of the policies that the evaluator does not support. */
  readonly problems: readonly string[];
}

/** Reports everything that IAM decided in a run. */
export async function accessReport(cloud: LocalCloud): Promise<AccessReport> {
  const { iam } = cloud.authority;
  const usage = iam.usage();
  const ineffective = await ineffectiveGrants(iam.directory);
  return {
    decided: [...usage, ...iam.denials()].reduce((sum, { count }) => sum + count, 0),
    permissions: usage.length,
    missing: missingPermissions(cloud),
    ineffective: distinct(
      ineffective.map(({ role, action, resource }) => `${cloud.wiring.nameOf(role)} ${action} on ${resource}`),
    ),
    problems: iam.problems(),
  };
}

/** Accesses that were denied and, as far as the fleet says, should not have been. */
export function missingPermissions({ authority, options, wiring }: LocalCloud): string[] {
  const deployed = new Set(options.stacks.map(({ account }) => account));
  const denials = authority.iam.denials().filter((denial) => !isMeant(denial, deployed));
  return distinct(denials.map((denial) => sentence(wiring.nameOf(denial.role), denial)));
}

/** Accounts without the spoke role deny Liftlock everything, and users may request what they may not do. */
function isMeant({ role, action, resource }: Denial, deployed: ReadonlySet<string>): boolean {
  if (role.includes(':user/')) return true;
  return action === 'sts:AssumeRole' && !deployed.has(resource.split(':')[4] ?? '');
}

const sentence = (name: string, { action, resource, where, why }: Denial): string =>
  `${name} is missing ${action} on ${resource} (${where}): ${why}`;

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

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
