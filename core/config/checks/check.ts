import type { DocumentPath } from '../issue.ts';
import type { Anchor } from '../yaml-document.ts';

/** Tells of one thing that a schema cannot see. */
export type Report = (severity: 'error' | 'warning', path: DocumentPath, message: string, anchor?: Anchor) => void;

/** Checks that must speak even when the schema has failed elsewhere read the plain value, and trust nothing in it. */
export function fieldOf(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, part) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, part)
        ? (inner as Record<string | number, unknown>)[part]
        : undefined,
    value,
  );
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
