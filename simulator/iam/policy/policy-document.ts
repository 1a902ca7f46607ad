/** A policy as AWS stores it: plain JSON, read by `readPolicy`, since nothing says that it is well-formed. */
export interface NamedPolicy {
  readonly name: string;
  readonly document: unknown;
}

/** What a policy is attached to. Says which elements it may have, and what AWS calls it in denials. */
export type PolicyType = 'identity' | 'resource' | 'trust' | 'session' | 'boundary';

export type Effect = 'Allow' | 'Deny';

/** `Action` and `NotAction` and their like: patterns, of which one has to match or none may. */
export interface Patterns {
  readonly patterns: readonly string[];
  readonly negated: boolean;
}

/** `Principal` and `NotPrincipal` by kind (`AWS`, `Service`, `Federated`, `CanonicalUser`); `*` alone is everybody. */
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

/** A statement as far as it could be read; `problems` says what could not, and makes it undecidable as a whole. */
export interface Statement {
  /** From 1, as people count them. */
  readonly index: number;
  readonly sid: string | undefined;
  /** Deny where it cannot be told. */
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
