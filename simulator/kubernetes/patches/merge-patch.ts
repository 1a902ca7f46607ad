import { isFields } from './fields.ts';

/** What a JSON Merge Patch (RFC 7386) makes of a document: null takes a member away, a list is replaced. */
export function applyMergePatch(document: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const merged = new Map(Object.entries(isFields(document) ? document : {}));
  for (const [member, value] of Object.entries(patch)) {
    if (value === null) merged.delete(member);
    else merged.set(member, applyMergePatch(merged.get(member), value));
  }
  return Object.fromEntries(merged);
}
