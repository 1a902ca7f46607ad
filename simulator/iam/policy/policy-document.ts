import { operatorNamed } from '../conditions/operators.ts';

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

const ELEMENTS_OF_STATEMENT = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);
const PRINCIPAL_KINDS = new Set(['AWS', 'Service', 'Federated', 'CanonicalUser']);
/** A service is named in full, because AWS refuses wildcards before the colon. */
const ACTION = /^(?:\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+)$/;

/** A statement that might forbid anything: it applies to every request until the policy is repaired. */
function unreadableStatement(index: number, ...problems: string[]): Statement {
  return {
    index,
    sid: undefined,
    effect: 'Deny',
    principal: undefined,
    action: undefined,
    resource: undefined,
    conditions: [],
    problems,
  };
}

/**
 * Reads one statement of a policy of the type. Elements that are missing, unknown, or not for this type are its `problems`; an unreadable element is
 * left out, so that it excludes no request.
 */
function readStatement(raw: unknown, index: number, type: PolicyType): Statement {
  if (typeof raw !== 'object' || raw === null) return unreadableStatement(index, 'the statement is not an object');
  const elements = raw as Record<string, unknown>;
  const problems = Object.keys(elements)
    .filter((element) => !ELEMENTS_OF_STATEMENT.has(element))
    .map((element) => `unknown element ${element}`);
  const action = patternsOf(elements, 'Action', problems);
  const resource = patternsOf(elements, 'Resource', problems);
  const principal = principalOf(elements, problems);
  const { Effect: effect, Sid: sid } = elements;
  if (effect !== 'Allow' && effect !== 'Deny') problems.push(`unknown Effect ${String(effect)}`);
  if (elements.Action === undefined && elements.NotAction === undefined) problems.push('neither Action nor NotAction');
  const strange = action?.patterns.filter((pattern) => !ACTION.test(pattern)) ?? [];
  problems.push(...strange.map((pattern) => `unknown action ${pattern}`));
  problems.push(...misplaced(elements, type));
  return {
    index,
    sid: typeof sid === 'string' ? sid : undefined,
    effect: effect === 'Allow' ? 'Allow' : 'Deny',
    principal,
    action: strange.length > 0 ? undefined : action,
    resource,
    conditions: conditionsOf(elements.Condition, problems),
    problems,
  };
}

/** Policies of resources and trust policies name principals; a trust policy is about its own role and names no resource. */
function misplaced(elements: Readonly<Record<string, unknown>>, type: PolicyType): string[] {
  const problems: string[] = [];
  const saysWho = type === 'resource' || type === 'trust';
  const hasPrincipal = elements.Principal !== undefined || elements.NotPrincipal !== undefined;
  const hasResource = elements.Resource !== undefined || elements.NotResource !== undefined;
  if (saysWho && !hasPrincipal) problems.push('neither Principal nor NotPrincipal');
  if (!saysWho && hasPrincipal) problems.push(`a Principal in a policy of type ${type}`);
  if (elements.NotPrincipal !== undefined && elements.Effect === 'Allow')
    problems.push('NotPrincipal with Effect Allow');
  if (type === 'trust' && hasResource) problems.push('a Resource in a trust policy');
  if (type !== 'trust' && !hasResource) problems.push('neither Resource nor NotResource');
  return problems;
}

function patternsOf(
  elements: Readonly<Record<string, unknown>>,
  name: 'Action' | 'Resource',
  problems: string[],
): Patterns | undefined {
  const { [name]: plain, [`Not${name}`]: negated } = elements;
  if (plain === undefined && negated === undefined) return undefined;
  if (plain !== undefined && negated !== undefined) problems.push(`both ${name} and Not${name}`);
  const patterns = textsOf(plain ?? negated);
  if (patterns === undefined || patterns.length === 0) {
    problems.push(`${name} is neither text nor a list of texts`);
    return undefined;
  }
  return { patterns, negated: plain === undefined };
}

function principalOf(elements: Readonly<Record<string, unknown>>, problems: string[]): PrincipalElement | undefined {
  const { Principal: plain, NotPrincipal: excluded } = elements;
  if (plain === undefined && excluded === undefined) return undefined;
  if (plain !== undefined && excluded !== undefined) problems.push('both Principal and NotPrincipal');
  const negated = plain === undefined;
  const element = plain ?? excluded;
  if (element === '*') return { principals: '*', negated };
  if (typeof element !== 'object' || element === null || Array.isArray(element)) {
    problems.push('Principal is neither * nor an object');
    return undefined;
  }
  const kinds = Object.entries(element).map(([kind, value]) => [kind, textsOf(value)] as const);
  const before = problems.length;
  if (kinds.length === 0) problems.push('Principal names nobody');
  for (const [kind, texts] of kinds) {
    if (!PRINCIPAL_KINDS.has(kind)) problems.push(`unknown kind of principal ${kind}`);
    if (texts === undefined) problems.push(`principals of kind ${kind} are neither text nor a list of texts`);
    if (texts?.length === 0) problems.push(`Principal names nobody of kind ${kind}`);
  }
  if (problems.length > before) return undefined;
  return { principals: Object.fromEntries(kinds.map(([kind, texts]) => [kind, texts ?? []])), negated };
}

function conditionsOf(block: unknown, problems: string[]): Condition[] {
  if (block === undefined) return [];
  if (typeof block !== 'object' || block === null || Array.isArray(block)) {
    problems.push('Condition is not an object');
    return [];
  }
  return Object.entries(block).flatMap(([operator, keys]) => {
    if (operatorNamed(operator) === undefined) problems.push(`unknown operator ${operator}`);
    if (typeof keys !== 'object' || keys === null || Array.isArray(keys)) {
      problems.push(`${operator} is not an object`);
      return [];
    }
    return Object.entries(keys).flatMap(([key, value]): Condition[] => {
      const values = textsOf(value);
      if (values !== undefined && values.length > 0) return [{ operator, key, values }];
      problems.push(
        values === undefined ? `values of ${key} are neither text nor a list of texts` : `${key} has no values`,
      );
      return [];
    });
  });
}

/** In JSON, values of conditions may be numbers and booleans as well as text. */
function textsOf(value: unknown): string[] | undefined {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const isPlain = (item: unknown) => typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean';
  return list.every(isPlain) ? list.map(String) : undefined;
}

const ELEMENTS = new Set(['Version', 'Id', 'Statement']);
const VERSIONS = new Set(['2012-10-17', '2008-10-17']);

type Readings = Map<PolicyType, Omit<Policy, 'name'>>;
/** Documents do not change once they are attached, and every call reads several of them. */
const readings = new WeakMap<object, Readings>();

/**
 * Reads a policy without ever failing: an unreadable part becomes a statement that denies everything and says why. Elements:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
export function readPolicy({ name, document }: NamedPolicy, type: PolicyType): Policy {
  if (typeof document !== 'object' || document === null) return { name, ...read(document, type) };
  const known = readings.get(document) ?? new Map<PolicyType, Omit<Policy, 'name'>>();
  const reading = known.get(type) ?? read(document, type);
  known.set(type, reading);
  readings.set(document, known);
  return { name, ...reading };
}

/** The unreadable parts of a policy, each with the statement's number, for the one who attaches it. Empty for a valid policy. */
export function policyProblems(policy: NamedPolicy, type: PolicyType): string[] {
  return readPolicy(policy, type).statements.flatMap((statement) =>
    statement.problems.map((problem) => describeProblem(policy.name, statement, problem)),
  );
}

/** `Read statement 2 (ReadClusters): unknown operator StringEqual`. */
export function describeProblem(policy: string, { index, sid }: Statement, problem: string): string {
  return `${policy} statement ${index}${sid === undefined ? '' : ` (${sid})`}: ${problem}`;
}

function read(document: unknown, type: PolicyType): Omit<Policy, 'name'> {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    return { type, hasVariables: false, statements: [unreadableStatement(1, 'the policy is not an object')] };
  }
  const { Version: version, Statement: statement } = document as Record<string, unknown>;
  const problems = Object.keys(document)
    .filter((element) => !ELEMENTS.has(element))
    .map((element) => `unknown element ${element} of the policy`);
  if (version !== undefined && !VERSIONS.has(String(version))) problems.push(`unknown Version ${String(version)}`);
  const listed = Array.isArray(statement) ? statement : statement === undefined ? [] : [statement];
  if (listed.length === 0) problems.push('the policy has no Statement');
  const statements = listed.map((raw, at) => readStatement(raw, at + 1, type));
  if (problems.length > 0) statements.push(unreadableStatement(statements.length + 1, ...problems));
  return { type, hasVariables: version === '2012-10-17', statements };
}
