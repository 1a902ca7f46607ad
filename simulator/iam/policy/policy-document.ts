/** A policy as AWS stores it: plain JSON, which `readPolicy` reads, since it may be malformed. */
export interface NamedPolicy {
  readonly name: string;
  readonly document: unknown;
}

/** The kind of a policy by its attachment. It decides the allowed elements, and AWS's name in denials. */
export type PolicyType = 'identity' | 'resource' | 'trust' | 'session' | 'boundary';

export type Effect = 'Allow' | 'Deny';

/** `Action` and `NotAction` and similar elements: patterns of which one must match, or none may. */
export interface Patterns {
  readonly patterns: readonly string[];
  readonly negated: boolean;
}

/** `Principal` and `NotPrincipal` by kind (`AWS`, `Service`, `Federated`, `CanonicalUser`); `*` alone is everyone. */
export interface PrincipalElement {
  readonly principals: '*' | Readonly<Record<string, readonly string[]>>;
  readonly negated: boolean;
}

/** One line of a condition block: `"StringLike": { "aws:userid": ["*:name"] }`. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** The readable part of a statement; `problems` has the rest, which makes the whole statement undecided. */
export interface Statement {
  /** Counted from 1. */
  readonly index: number;
  readonly sid: string | undefined;
  /** Deny when it is not readable. */
  readonly effect: Effect;
  readonly principal: PrincipalElement | undefined;
  readonly action: Patterns | undefined;
  readonly resource: Patterns | undefined;
  readonly conditions: readonly Condition[];
  readonly problems: readonly string[];
}

export interface Policy {
  readonly name: string;
  readonly type: PolicyType;
  /** Policies before 2012-10-17 have no variables: `${…}` is text. */
  readonly hasVariables: boolean;
  readonly statements: readonly Statement[];
}
