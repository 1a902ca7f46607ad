import { canonicalJson } from './canonical-json.ts';
import { sha256Hex } from './sha256.ts';

/**
 * The revision of a config object: the SHA-256 of its kind and spec in canonical JSON. Layout, comments, key order,
 * labels and annotations do not change it; every change of what the object asks for does.
 */
export function revisionOf(document: { readonly kind: string; readonly spec: unknown }): string {
  return sha256Hex(canonicalJson({ kind: document.kind, spec: document.spec }));
}
