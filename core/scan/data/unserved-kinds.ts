import type { UnservedKind } from './unserved-kind.ts';
import unservedKindRows from './unserved-kinds.json' with { type: 'json' };

/** Every row of `unserved-kinds.json`. */
export const unservedKinds: readonly UnservedKind[] = unservedKindRows;

/** Says that a group, version and kind never was an API of Kubernetes, though lists of deprecated ones carry it. */
export function unservedKind(group: string, version: string, kind: string): UnservedKind | undefined {
  return unservedKinds.find((row) => row.group === group && row.version === version && row.kind === kind);
}
