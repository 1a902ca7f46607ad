import type { NamedPolicy, Policy, PolicyType, Statement } from './policy-document.ts';
import { readStatement, unreadableStatement } from './read-statement.ts';

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
