import type { GroupVersionKind } from './api-row.ts';
import unservedKindRows from './unserved-kinds.json' with { type: 'json' };

/** Every row of `unserved-kinds.json`. */
export const unservedKinds: readonly UnservedKind[] = unservedKindRows;

/** Says that a group, version and kind never was an API of Kubernetes, though lists of deprecated ones carry it. */
export function unservedKind(group: string, version: string, kind: string): UnservedKind | undefined {
  return unservedKinds.find((row) => row.group === group && row.version === version && row.kind === kind);
}

/** A group, version and kind that lists of deprecated APIs carry although no release of Kubernetes ever served it. */
export interface UnservedKind extends GroupVersionKind {
  /** The lists that carry it: `pluto`, `deprecation guide`, … */
  readonly listedBy: readonly string[];
  /** How it probably came to be listed, and what its author may have meant. */
  readonly note: string;
  /** An entry of `sources.json`: what shows that it never was. */
  readonly source: string;
}
