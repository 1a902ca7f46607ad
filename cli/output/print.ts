import { visible } from '../../core/model/visible.ts';
import type { Session } from '../session.ts';

export const FORMATS = ['table', 'json', 'yaml'] as const;

/** One document in the format that was asked for; `text` gives the one for people. */
export async function print(
  session: Session,
  format: string,
  document: unknown,
  text: () => readonly string[],
): Promise<void> {
  if (format === 'json') session.io.out(`${JSON.stringify(document, null, 2)}\n`);
  else if (format === 'yaml') {
    session.io.out(await yamlOf(document));
  } else printLines(session, text());
}

/** YAML whose strings stand in double quotes where something in them has to be escaped. */
export async function yamlOf(value: unknown): Promise<string> {
  const { Document, Scalar, visit } = await import('yaml');
  const document = new Document(value);
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && visible(node.value) !== node.value) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Lines may carry our own colour; what comes from elsewhere must have gone through `visible` before. */
export function printLines({ io }: Session, lines: readonly string[]): void {
  if (lines.length > 0) io.out(`${lines.join('\n')}\n`);
}

export const reasonLines = (reasons: readonly { code: string; message: string }[], indent = '  '): string[] =>
  reasons.map(({ code, message }) => visible(`${indent}${code}: ${message}`));

/** `Name:      value` lines, values aligned, as kubectl describe prints them. Values may carry our own colour. */
export function facts(pairs: readonly (readonly [string, string | number | null | undefined])[]): string[] {
  const width = Math.max(...pairs.map(([name]) => name.length)) + 1;
  return pairs.map(([name, value]) => `${`${name}:`.padEnd(width)}  ${value ?? '-'}`);
}

/** A heading and its lines, or nothing where there are none. */
export function section(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${heading}:`, ...lines];
}

/** Text of others in a fact. */
export const shown = (value: string | number | null | undefined): string => visible(String(value ?? '-'));

/** `1 file`, `2 files`. */
export const counted = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
