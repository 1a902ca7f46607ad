/**
 * Whether the pattern matches the text; `*` stands for any number of any characters, and nothing else is special. Each part is searched once, from
 * left to right, from where the previous one ended. The first place never misses a match, so it needs no backtracking, however many `*` there are.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === text;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let position = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, position);
    if (found === -1 || found + part.length > end) return false;
    position = found + part.length;
  }
  return true;
}
