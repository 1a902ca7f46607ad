/** `1 file`, `2 files`. */
export const counted = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

/** The first of some names: `a, b, c and 2 more`. */
export function some(names: readonly string[], most = 3, count = names.length): string {
  const more = count > most ? ` and ${count - most} more` : '';
  return `${names.slice(0, most).join(', ')}${more}`;
}
