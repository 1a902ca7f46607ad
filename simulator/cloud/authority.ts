import type { Principal } from '../iam/principals/principal.ts';
import type { Requirement } from '../iam/requirements/requirement.ts';
import type { AwsCall } from '../wire/aws-call.ts';

/** On whose behalf a service acts. */
export interface Source {
  /** `events.amazonaws.com`. */
  readonly service: string;
  readonly sourceArn: string;
  readonly sourceAccount: string;
}

/** A service that says only who it is, and not for which resource or account it acts: no condition on `aws:SourceArn` is met. */
export type UnnamedSource = Pick<Source, 'service'> & { readonly sourceArn?: undefined };

/**
 * Decides every access in the local cloud, and keeps what it decided. Refusals are `AwsFault`s with AWS's names. `where` says for people in
 * which part of Liftlock it was asked for.
 */
export interface Authority {
  /** Who calls, if the call may be served. */
  admit(call: AwsCall): Principal;
  /** A service in a role that trusts it: a poller, a machine, a schedule, a rule's target. */
  inRole(roleArn: string, source: Source, needed: readonly Requirement[], where: string): void;
  /** A service in its own name, which only the policy of the resource can allow. */
  asService(source: Source | UnnamedSource, needed: readonly Requirement[], where: string): void;
}

/** One action that has no condition keys of its own. */
export const plainly = (action: string, resource: string): readonly Requirement[] => [
  { action, resource, context: {} },
];
