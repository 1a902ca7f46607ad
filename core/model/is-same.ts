/** Whether two items say the same, whatever the order of their members. */
export const isSame = (a: object | undefined, b: object | undefined): boolean =>
  JSON.stringify(sorted(a ?? {})) === JSON.stringify(sorted(b ?? {}));
const sorted = (value: object): [string, unknown][] =>
  Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
