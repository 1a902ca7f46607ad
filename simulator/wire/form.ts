import { decode } from './query-string.ts';

/** A form's parameters by the parts of their names: `Tag.member.1.Key=a` is a value under Tag, member, 1, Key. */
export interface FormNode {
  value?: string;
  readonly parts: Map<string, FormNode>;
}

/** Far above what a client sends, far below what would fill the memory. */
const MAX_PARAMETERS = 20_000;
const MAX_PARTS = 64;

/** Throws for broken escapes and for forms beyond all measure. */
export function parseForm(text: string): FormNode {
  const root: FormNode = { parts: new Map() };
  if (text === '') return root;
  const parameters = text.split('&', MAX_PARAMETERS + 1);
  if (parameters.length > MAX_PARAMETERS) throw new RangeError(`more than ${MAX_PARAMETERS} parameters`);
  for (const parameter of parameters) {
    const equals = parameter.indexOf('=');
    const name = decode(equals < 0 ? parameter : parameter.slice(0, equals));
    const parts = name.split('.', MAX_PARTS + 1);
    if (parts.length > MAX_PARTS) throw new RangeError(`a name of more than ${MAX_PARTS} parts`);
    place(root, parts).value = equals < 0 ? '' : decode(parameter.slice(equals + 1));
  }
  return root;
}

function place(root: FormNode, parts: readonly string[]): FormNode {
  let node = root;
  for (const part of parts) {
    let next = node.parts.get(part);
    if (next === undefined) {
      next = { parts: new Map() };
      node.parts.set(part, next);
    }
    node = next;
  }
  return node;
}
