import { parseSync } from '@swc/core';
import { lineAt } from './finding.ts';

/** A node of the syntax tree of @swc/core: `type`, `span`, and whatever the type has. */
export interface SyntaxNode {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** TypeScript 7 has no compiler API, so the syntax tree is swc's. Throws on a file that does not parse. */
export function parseTypeScript(text: string): SyntaxNode {
  return parseSync(text, { syntax: 'typescript', target: 'es2024' }) as unknown as SyntaxNode;
}

/** Every node of the tree, parents before children. */
export function* nodesOf(root: unknown): Generator<SyntaxNode> {
  if (Array.isArray(root)) {
    for (const item of root) yield* nodesOf(item);
  } else if (isRecord(root)) {
    if (isNode(root)) yield root;
    for (const child of Object.values(root)) yield* nodesOf(child);
  }
}

/** swc counts UTF-8 bytes from 1. */
export function lineOf(node: SyntaxNode, text: string): number {
  const span = node.span;
  const start = isRecord(span) && typeof span.start === 'number' ? span.start - 1 : 0;
  return lineAt(new TextDecoder().decode(new TextEncoder().encode(text).slice(0, start)), Number.POSITIVE_INFINITY);
}

/** `Date.now` for the member expression of that name, `process` for the identifier; undefined for anything else. */
export function nameOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Identifier') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type !== 'MemberExpression') return undefined;
  const object = nameOf(node.object);
  const property = nameOf(node.property);
  return object === undefined || property === undefined ? undefined : `${object}.${property}`;
}

export function stringValue(node: unknown): string | undefined {
  return isNode(node) && node.type === 'StringLiteral' && typeof node.value === 'string' ? node.value : undefined;
}

export function isNode(value: unknown): value is SyntaxNode {
  return isRecord(value) && typeof value.type === 'string';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
