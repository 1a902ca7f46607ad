import type { Denial } from '../iam/access/access-record.ts';
import { reasonToKeep } from './granted-in-reserve.ts';
import type { LocalCloud } from './local-cloud.ts';

/** What a run says of the template's permissions. */
export interface AccessReport {
  /** Accesses that were decided, and distinct permissions among them. */
  readonly decided: number;
  readonly permissions: number;
  /** What was denied although nothing in the fleet says that it should be: a permission is missing. */
  readonly missing: readonly string[];
  /** Mutating permissions that nobody used, and nobody has a reason for. */
  readonly needless: readonly string[];
  /** Mutating permissions that nobody used in this run and that are kept for a reason. */
  readonly inReserve: readonly string[];
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
  // A role that stands in every account is one: what it used in one of them is used.
  const used = new Set(usage.map(({ role, action }) => `${nameOf(role)} ${action}`));
  const unused = iam.unusedGrants({ mutatingOnly: true }).flatMap(({ role, action }) => {
    const name = nameOf(role);
    const text = `${name} ${action}`;
    return used.has(text) ? [] : [{ text, reason: reasonToKeep(name, action) }];
  });
  return {
    decided: [...usage, ...denials].reduce((sum, { count }) => sum + count, 0),
    permissions: usage.length,
    missing: distinct(
      denials.filter((denial) => !isMeant(denial, deployed)).map((denial) => sentence(nameOf(denial.role), denial)),
    ),
    needless: distinct(unused.filter(({ reason }) => reason === undefined).map(({ text }) => text)),
    inReserve: distinct(unused.flatMap(({ text, reason }) => (reason === undefined ? [] : [`${text}: ${reason}`]))),
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
