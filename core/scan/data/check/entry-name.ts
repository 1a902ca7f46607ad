import { kindName } from './problem.ts';

/** What to call an entry of any table in a problem: its id, component or kind, or its place where it has none of them. */
export function entryName(entry: unknown, index: number): string {
  if (typeof entry !== 'object' || entry === null) return `entry ${index}`;
  const { id, component, group, version, kind } = entry as Record<string, unknown>;
  if (typeof id === 'string') return id;
  if (typeof group === 'string' && typeof version === 'string') {
    return kindName({ group, version, kind: typeof kind === 'string' ? kind : '' }).trimEnd();
  }
  return typeof component === 'string' ? component : `entry ${index}`;
}
