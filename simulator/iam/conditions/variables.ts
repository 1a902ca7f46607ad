import { asLiteral } from '../policy/glob.ts';
import type { FindKey } from './request-context.ts';

/** A pattern with the request's values, or the reason for its absence: the request has no such key, or the key was not supplied. */
export type Expansion =
  | { readonly pattern: string }
  | { readonly missing: 'absent' | 'unknown'; readonly problem: string };

const VARIABLE = /\$\{([^}]*)\}/g;
/** `aws:PrincipalTag/team, 'nobody'`: a key and its default. */
const WITH_DEFAULT = /^\s*([^,]+?)\s*(?:,\s*'([^']*)'\s*)?$/;
/** `${*}`, `${?}` and `${$}` are these characters as text in a policy. */
const CHARACTERS = new Set(['*', '?', '$']);

/** Inserts values for `${key}` and `${key, 'default'}`. Wildcards inside a value are text, so a tag named `*` allows nothing more. */
export function expandVariables(text: string, findKey: FindKey): Expansion {
  let failure: Expansion | undefined;
  const pattern = text.replaceAll(VARIABLE, (_, inside: string) => {
    if (CHARACTERS.has(inside)) return asLiteral(inside);
    const [, key = inside, otherwise] = WITH_DEFAULT.exec(inside) ?? [];
    const found = findKey(key);
    if (found === 'unsupplied') {
      failure = { missing: 'unknown', problem: `condition key ${key} of a variable is not supplied` };
    } else if (found !== 'absent' && found.length === 1) {
      return asLiteral(found[0] ?? '');
    } else if (found === 'absent' && otherwise !== undefined) {
      return asLiteral(otherwise);
    } else if (found === 'absent') {
      failure ??= { missing: 'absent', problem: `the request has no ${key} for a variable` };
    } else {
      failure = { missing: 'unknown', problem: `condition key ${key} of a variable has several values` };
    }
    return '';
  });
  return failure ?? { pattern };
}
