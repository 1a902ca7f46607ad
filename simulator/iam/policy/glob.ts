// Stand for a `*` and a `?` that are text, where the same characters of a policy are wildcards: private-use characters, in no ARN or name.
const LITERAL_ASTERISK = '\u{E000}';
const LITERAL_QUESTION_MARK = '\u{E001}';

/** Makes text safe to put into a pattern: its `*` and `?` match themselves alone. */
export function asLiteral(text: string): string {
  return text.replaceAll('*', LITERAL_ASTERISK).replaceAll('?', LITERAL_QUESTION_MARK);
}

/** Text out of a pattern whose wildcards have no meaning where it is used. */
export function asText(pattern: string): string {
  return pattern.replaceAll(LITERAL_ASTERISK, '*').replaceAll(LITERAL_QUESTION_MARK, '?');
}

/**
 * Whether all of `text` matches, where `*` is any characters or none and `?` exactly one. Runs in the product of the lengths at worst, so
 * no pattern of a policy can hang the server as a regular expression could.
 */
export function globMatches(pattern: string, text: string): boolean {
  let inPattern = 0;
  let inText = 0;
  let star = -1;
  let resumeAt = 0;
  while (inText < text.length) {
    const wanted = pattern[inPattern];
    if (wanted === '*') {
      star = inPattern++;
      resumeAt = inText;
    } else if (wanted !== undefined && (wanted === '?' || literal(wanted) === text[inText])) {
      inPattern++;
      inText++;
    } else if (star >= 0) {
      inPattern = star + 1;
      inText = ++resumeAt;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === '*') inPattern++;
  return inPattern === pattern.length;
}

function literal(character: string): string {
  if (character === LITERAL_ASTERISK) return '*';
  return character === LITERAL_QUESTION_MARK ? '?' : character;
}
