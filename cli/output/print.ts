import type { Session } from '../session.ts';
import { visible } from './visible.ts';

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
    const { stringify } = await import('yaml');
    session.io.out(stringify(document, { lineWidth: 0 }));
  } else printLines(session, text());
}

/** Lines may carry our own colour; what comes from elsewhere must have gone through `visible` before. */
export function printLines({ io }: Session, lines: readonly string[]): void {
  if (lines.length > 0) io.out(`${lines.join('\n')}\n`);
}

export const reasonLines = (reasons: readonly { code: string; message: string }[], indent = '  '): string[] =>
  reasons.map(({ code, message }) => visible(`${indent}${code}: ${message}`));
