import { type Moment, VETOES } from '../../core/protocol/vetoes.ts';
import { markdownTable } from './markdown-table.ts';

const MOMENTS: readonly Moment[] = ['grant', 'first', 'later'];

/** Everything that forbids a grant or a commit as a Markdown table, in the order in which people are told. */
export function vetoes(): string {
  const rows = VETOES.map(({ rule, asked, codes }) => [
    rule,
    ...MOMENTS.map((moment) => (asked.includes(moment) ? '✓' : '')),
    codes.map((code) => `\`${code}\``).join(', '),
  ]);
  return markdownTable(['What must be so', 'Grant', 'First', 'Later', 'Refused with'], rows);
}
