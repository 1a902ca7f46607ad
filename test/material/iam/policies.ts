import type { NamedPolicy } from '../../../simulator/iam/policy/policy-document.ts';

/** `${key}` as a policy has it; written out, it looks like a mistake in TypeScript. */
export function variable(key: string): string {
  return `$\{${key}}`;
}

export function policyOf(...statements: object[]): object {
  return { Version: '2012-10-17', Statement: statements };
}

export function named(name: string, ...statements: object[]): NamedPolicy {
  return { name, document: policyOf(...statements) };
}

export function allow(action: string | string[], resource: string | string[] = '*', more: object = {}): object {
  return { Effect: 'Allow', Action: action, Resource: resource, ...more };
}

export function deny(action: string | string[], resource: string | string[] = '*', more: object = {}): object {
  return { Effect: 'Deny', Action: action, Resource: resource, ...more };
}
