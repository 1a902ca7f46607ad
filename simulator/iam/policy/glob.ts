// Private-use characters, which occur in no ARN or name, replace a literal `*` and `?`, because in a policy those are wildcards.
const LITERAL_ASTERISK = '\u{E000}';
const LITERAL_QUESTION_MARK = '\u{E001}';

/** Makes text safe for a pattern: its `*` and `?` match only themselves. */
export function asLiteral(text: string): string {
  return text.replaceAll('*', LITERAL_ASTERISK).replaceAll('?', LITERAL_QUESTION_MARK);
}

/** The text of a pattern where wildcards have no meaning. */
export function asText(pattern: string): string {
  return pattern.replaceAll(LITERAL_ASTERISK, '*').replaceAll(LITERAL_QUESTION_MARK, '?');
}

/**
 * Whether all of `text` matches, where `*` is any characters or none and `?` exactly one. The time is at worst the product of the lengths, so no
 * pattern of a policy can block the server as a regular expression could.
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
