import type { Anchor, ConfigDocument, ConfigIssue, DocumentPath } from '../issue.ts';
import { fieldOf } from '../sound-fields.ts';
import type { Wave } from '../types.ts';

/** The valid waves, each with its index in the policy, so that a mistake in one wave does not hide problems of the others. */
export type SoundWaves = readonly (readonly [index: number, wave: Wave])[];

/** Reports one problem that a schema cannot see. */
export type Report = (severity: 'error' | 'warning', path: DocumentPath, message: string, anchor?: Anchor) => void;

/** Makes a `Report` that adds each problem to the issues, with its place in the document. */
export function reporter(document: ConfigDocument, issues: ConfigIssue[]): Report {
  return (severity, path, message, anchor) => issues.push(document.issue(severity, path, message, anchor));
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Reports names that an earlier item of the list has. @param why why names must be unique */
export function checkNames(items: readonly unknown[], path: DocumentPath, why: string, report: Report): void {
  const names = items.map((item) => fieldOf(item, 'name'));
  for (const [index, name] of repeats(names)) {
    if (name === undefined) continue;
    const message = `"${name}" is the name of ${path.at(-1)}[${names.indexOf(name)}] already, and ${why}. Rename one.`;
    report('error', [...path, index, 'name'], message);
  }
}

/** The items that the list has already before their place, with that place. */
export function repeats<Item>(items: readonly Item[]): (readonly [at: number, item: Item])[] {
  const seen = new Set<Item>();
  return [...items.entries()].filter(([, item]) => seen.size === seen.add(item).size);
}
