import type { Denial } from '../iam/access/access-record.ts';
import type { LocalCloud } from './local-cloud.ts';

/** What a run says of the template's permissions. */
export interface AccessReport {
  /** Accesses that were decided, and distinct permissions among them. */
  readonly decided: number;
  readonly permissions: number;
  /** What was denied although nothing in the fleet says that it should be: a permission is missing. */
  readonly missing: readonly string[];
  /** Permissions that can never match anything. */
  readonly ineffective: readonly string[];
  /** What IAM did not understand of the policies. */
  readonly problems: readonly string[];
}

/** Looks at everything that IAM decided in a run. */
export function accessReport({ authority, options, wiring }: LocalCloud): AccessReport {
  const { iam } = authority;
  const nameOf = (role: string): string => wiring.nameOf(role);
  const usage = iam.usage();
  const denials = iam.denials();
  const deployed = new Set(options.stacks.map(({ account }) => account));
  return {
    decided: [...usage, ...denials].reduce((sum, { count }) => sum + count, 0),
    permissions: usage.length,
    missing: distinct(
      denials.filter((denial) => !isMeant(denial, deployed)).map((denial) => sentence(nameOf(denial.role), denial)),
    ),
    ineffective: distinct(
      iam.ineffectiveGrants().map(({ role, action, resource }) => `${nameOf(role)} ${action} on ${resource}`),
    ),
    problems: iam.problems(),
  };
}

/** Accounts without the spoke role deny Liftlock everything, and people may ask for what they may not do. */
function isMeant({ role, action, resource }: Denial, deployed: ReadonlySet<string>): boolean {
  if (role.includes(':user/')) return true;
  return action === 'sts:AssumeRole' && !deployed.has(resource.split(':')[4] ?? '');
}

const sentence = (name: string, { action, resource, where, why }: Denial): string =>
  `${name} is missing ${action} on ${resource} (${where}): ${why}`;

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)].sort();
