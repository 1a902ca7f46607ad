/** `1 file`, `2 files`. */
export const counted = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

/** The first of some names: `a, b, c and 2 more`. */
export function some(names: readonly string[], most = 3, count = names.length): string {
  const more = count > most ? ` and ${count - most} more` : '';
  return `${names.slice(0, most).join(', ')}${more}`;
}

/** Names each item of a list. An item whose name another one has too gets its full name. */
export function apart<One>(all: readonly One[], nameOf: (one: One) => string, inFull: (one: One) => string) {
  const alike = Map.groupBy(new Map(all.map((one) => [inFull(one), one])).values(), nameOf);
  return (one: One): string => ((alike.get(nameOf(one))?.length ?? 0) > 1 ? inFull(one) : nameOf(one));
}

/** The first of some sentences, one after the other: `It is held. It is paused. And 2 more.` One that ends with a command has no full stop. */
export function someSentences(sentences: readonly string[], most = 3): string {
  const more = sentences.length > most ? [`And ${sentences.length - most} more.`] : [];
  return [...sentences.slice(0, most), ...more].join(' ');
}

/** Somebody else's text as a sentence, with its full stop. */
export const sentence = (text: string): string => text.replace(/\.?$/, '.');
