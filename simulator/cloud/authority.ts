import type { Principal } from '../iam/principals/principal.ts';
import type { Requirement } from '../iam/requirements/requirement.ts';
import type { AwsCall } from '../wire/aws-call.ts';

/** The resource for which a service acts. */
export interface Source {
  /** `events.amazonaws.com`. */
  readonly service: string;
  readonly sourceArn: string;
  readonly sourceAccount: string;
}

/** A service that names neither resource nor account, so that it meets no condition on `aws:SourceArn`. */
export type UnnamedSource = Pick<Source, 'service'> & { readonly sourceArn?: undefined };

/**
 * Decides every access in the local cloud, and records the decisions. Refusals are `AwsFault`s with AWS's names. `where` names the part of Liftlock
 * for people.
 */
export interface Authority {
  /** Returns the caller, if the call may be served. */
  admit(call: AwsCall): Principal;
  /** Checks a service in a role that trusts it: a poller, a state machine, a schedule, a rule's target. */
  inRole(roleArn: string, source: Source, needed: readonly Requirement[], where: string): void;
  /** Checks a service in its own name, which only the policy of the resource can allow. */
  asService(source: Source | UnnamedSource, needed: readonly Requirement[], where: string): void;
}

/** One action without condition keys of its own. */
export const plainly = (action: string, resource: string): readonly Requirement[] => [
  { action, resource, context: {} },
];
