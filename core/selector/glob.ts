/**
 * Whether `*`, any number of any characters, stands for what is left between the other parts of the pattern; nothing else is special.
 * Each part is looked for once, from left to right, where the one before it ended: taking the first place never misses a match, so
 * there is nothing to go back to, however many `*` somebody writes.
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
