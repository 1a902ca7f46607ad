import { REASON_KINDS } from '../../core/contracts/reasons/reason-facts.ts';
import { REASON_FAMILIES } from '../../core/contracts/reasons.ts';
import { markdownTable } from './markdown-table.ts';

/** Every kind and every code of a reason as Markdown: a table of kinds, then one table for each family of codes. */
export function reasons(): string {
  const kinds = Object.entries(REASON_KINDS).map(([kind, meaning]) => [`\`${kind}\``, meaning]);
  const families = Object.entries(REASON_FAMILIES).map(([title, family]) => {
    const rows = Object.entries(family)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, { kind, meaning }]) => [`\`${code}\``, kind, meaning]);
    return `## ${title}\n\n${markdownTable(['Code', 'Kind', 'Meaning'], rows)}`;
  });
  return [`## Kinds\n\n${markdownTable(['Kind', 'What ends it'], kinds)}`, ...families].join('\n\n');
}
