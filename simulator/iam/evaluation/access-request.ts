import type { FindKey } from '../conditions/request-context.ts';
import type { Effect, NamedPolicy, PolicyType } from '../policy/policy-document.ts';
import type { Principal } from '../principals/principal.ts';

/** One action on one resource. A call of AWS may need several. */
export interface AccessRequest {
  readonly principal: Principal;
  /** `eks:UpdateClusterVersion`. */
  readonly action: string;
  /** An ARN, or `*` for actions that take no resource. Never a pattern. */
  readonly resource: string;
  /** Finds the condition keys of the request. */
  readonly findKey: FindKey;
}

/** All that has a say. Absent: there is none of the kind; an empty list of identity policies is an identity that may nothing. */
export interface ApplicablePolicies {
  readonly identity: readonly NamedPolicy[];
  readonly boundary?: NamedPolicy;
  readonly session?: readonly NamedPolicy[];
  /** Of the resource. */
  readonly resource?: NamedPolicy;
  /** Of the role that is to be assumed: asked instead of a policy of the resource, and there always is one. */
  readonly trust?: NamedPolicy;
}

/** A statement that took part in a decision. */
export interface MatchedStatement {
  readonly type: PolicyType;
  readonly policy: string;
  readonly effect: Effect;
  /** From 1. */
  readonly statement: number;
  readonly sid?: string;
  readonly actionPattern: string;
  readonly resourcePattern: string;
}

export interface Decision {
  readonly allowed: boolean;
  /** What kind of policy forbids it, if one does: no other policy can help. */
  readonly explicitDeny?: PolicyType;
  /** The end of AWS's sentence: `because no identity-based policy allows the eks:DescribeCluster action`. Of an allowed request, who allowed. */
  readonly why: string;
  /** The statements that allow, or those that deny. */
  readonly matched: readonly MatchedStatement[];
  /** What was not understood or not supplied, by name; each of them was decided against the caller. */
  readonly problems: readonly string[];
}
