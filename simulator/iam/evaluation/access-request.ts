import type { FindKey } from '../conditions/request-context.ts';
import type { NamedPolicy, PolicyType } from '../policy/policy-document.ts';
import type { Principal } from '../principals/principal.ts';

/** One action on one resource. A call of AWS may need several. */
export interface AccessRequest {
  readonly principal: Principal;
  /** `eks:UpdateClusterVersion`. */
  readonly action: string;
  /** An ARN, or `*` for actions without resources. Never a pattern. */
  readonly resource: string;
  /** Finds the condition keys of the request. */
  readonly findKey: FindKey;
}

/** All policies of a decision. An absent kind does not exist; an empty list of identity policies allows nothing. */
export interface ApplicablePolicies {
  readonly identity: readonly NamedPolicy[];
  readonly boundary?: NamedPolicy;
  readonly session?: readonly NamedPolicy[];
  /** The policy of the resource. */
  readonly resource?: NamedPolicy;
  /** The policy of the assumed role, which replaces the policy of the resource and always exists. */
  readonly trust?: NamedPolicy;
}

export interface Decision {
  readonly allowed: boolean;
  /** The kind of policy with an explicit deny, which no other policy can override. */
  readonly explicitDeny?: PolicyType;
  /**
   * The end of AWS's sentence: `because no identity-based policy allows the eks:DescribeCluster action`. For an allowed request, the policy that
   * allows it.
   */
  readonly why: string;
  /** Unsupported elements and missing keys, by name; each of them was decided against the caller. */
  readonly problems: readonly string[];
}
