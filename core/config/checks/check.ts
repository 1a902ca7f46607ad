import type { ConfigIssue, DocumentPath } from '../issue.ts';
import type { Wave } from '../types.ts';
import type { Anchor, YamlDocument } from '../yaml-document.ts';

/** The waves that are right by themselves, each with its place in the policy: a mistake in one does not silence what is wrong with the others. */
export type SoundWaves = readonly (readonly [index: number, wave: Wave])[];

/** Tells of one thing that a schema cannot see. */
export type Report = (severity: 'error' | 'warning', path: DocumentPath, message: string, anchor?: Anchor) => void;

/** Adds what is told to the issues, each with its place in the document. */
export function reporter(document: YamlDocument, issues: ConfigIssue[]): Report {
  return (severity, path, message, anchor) => issues.push(document.issue(severity, path, message, anchor));
}

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

/** Names of the items of a list that stood in it before. @param why there may be none of these */
export function checkNames(items: readonly unknown[], path: DocumentPath, why: string, report: Report): void {
  const names = items.map((item) => fieldOf(item, 'name'));
  for (const [index, name] of repeats(names)) {
    if (name === undefined) continue;
    const message = `"${name}" is the name of ${path.at(-1)}[${names.indexOf(name)}] already, and ${why}. Rename one.`;
    report('error', [...path, index, 'name'], message);
  }
}

/** Where something stands that stood before in the same list. */
export function repeats<Item>(items: readonly Item[]): (readonly [at: number, item: Item])[] {
  const seen = new Set<Item>();
  return [...items.entries()].filter(([, item]) => seen.size === seen.add(item).size);
}
