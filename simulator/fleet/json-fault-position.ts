type Expected = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or end';

const token =
  /\s*("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"|[[\]{}:,]|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/uy;

/**
 * Where a text stops being JSON, as an offset; its length when it only ends too early. `JSON.parse` does not always tell.
 */
export function jsonFaultPosition(text: string): number {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let position = 0;
  while (true) {
    token.lastIndex = position;
    const match = token.exec(text);
    const start = position + (/^\s*/.exec(text.slice(position))?.[0].length ?? 0);
    const word = match?.[1];
    if (word === undefined) return start;
    const next = after(word, expected, open);
    if (next === undefined) return start;
    expected = next;
    position = token.lastIndex;
  }
}

/** What may follow the token, or undefined where it may not stand; keeps `open` up to date. */
function after(word: string, expected: Expected, open: ('{' | '[')[]): Expected | undefined {
  if (expected === ':') return word === ':' ? 'value' : undefined;
  if (expected === ', or end') {
    const inside = open.at(-1);
    if (word === ',' && inside !== undefined) return inside === '{' ? 'key' : 'value';
    return closes(word, open);
  }
  if (expected === 'key' || expected === 'key or }') {
    if (word.startsWith('"')) return ':';
    return expected === 'key or }' && word === '}' ? closes(word, open) : undefined;
  }
  if (word === '{' || word === '[') {
    open.push(word);
    return word === '{' ? 'key or }' : 'value or ]';
  }
  if (word === ']' && expected === 'value or ]') return closes(word, open);
  return /^[\]},:]$/.test(word) ? undefined : ', or end';
}

function closes(word: string, open: ('{' | '[')[]): Expected | undefined {
  const wanted = open.at(-1) === '{' ? '}' : ']';
  if (open.length === 0 || word !== wanted) return undefined;
  open.pop();
  return ', or end';
}
