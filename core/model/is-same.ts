/** Whether two items have the same members and values, in any order. */
export function isSame(a: object | undefined = {}, b: object | undefined = {}): boolean {
  const [before, after] = [a, b] as [Record<string, unknown>, Record<string, unknown>];
  const said = (one: Record<string, unknown>) => Object.keys(one).filter((name) => one[name] !== undefined);
  const names = said(before);
  // Most members are equal texts or the very same object.
  return (
    names.length === said(after).length &&
    names.every((name) => before[name] === after[name] || JSON.stringify(before[name]) === JSON.stringify(after[name]))
  );
}
