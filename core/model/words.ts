/** `1 file`, `2 files`. */
export const counted = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

/** The first of some names: `a, b, c and 2 more`. */
export function some(names: readonly string[], most = 3, count = names.length): string {
  const more = count > most ? ` and ${count - most} more` : '';
  return `${names.slice(0, most).join(', ')}${more}`;
}

/** How each of a list is told: by its name, and where another of the list has that, too, by what tells them apart. */
export function apart<One>(all: readonly One[], nameOf: (one: One) => string, inFull: (one: One) => string) {
  const alike = Map.groupBy(new Map(all.map((one) => [inFull(one), one])).values(), nameOf);
  return (one: One): string => ((alike.get(nameOf(one))?.length ?? 0) > 1 ? inFull(one) : nameOf(one));
}

/** What somebody else says as a sentence of ours: with its full stop. */
export const sentence = (text: string): string => text.replace(/\.?$/, '.');
