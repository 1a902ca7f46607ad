import canonicalize from 'canonicalize';

/**
 * Canonical JSON of RFC 8785 (JCS): sorted keys, no white space, ECMAScript numbers. Two values that mean the same give
 * the same text, so its hash can bind an approval to a plan.
 *
 * Throws `NotCanonicalizable` for what JSON cannot say (`undefined`, functions, NaN, infinities, cycles): such a value
 * must never silently hash like another one.
 */
export function canonicalJson(value: unknown): string {
  let text: string | undefined;
  let cause: unknown;
  try {
    text = canonicalize(value);
  } catch (error) {
    cause = error;
  }
  if (text !== undefined) return text;
  const error = new Error(
    `This value has no canonical JSON: ${cause instanceof Error ? cause.message : 'JSON cannot express it'}.`,
  );
  error.name = 'NotCanonicalizable';
  throw error;
}
