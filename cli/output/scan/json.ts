import type { ScanReport } from '../../../core/scan/report/report-schema.ts';
import type { Io } from '../../command/io.ts';
import type { ScanDocument } from './scan-document.ts';

/** So many findings are put into text at once: the whole text of a large report would take more memory than the scan did. */
const AT_ONCE = 500;

/** The same text as `JSON.stringify(document, null, 2)`, written in pieces. */
export function printJson(io: Io, document: ScanDocument): void {
  if (document.kind === 'ScanReport') printReport(io, document, '');
  else {
    const { items, ...head } = document;
    io.out(`${open(head, '')}  "items": [`);
    items.forEach((report, index) => {
      io.out(`${index === 0 ? '' : ','}\n    `);
      printReport(io, report, '    ');
    });
    io.out(`${items.length === 0 ? '' : '\n  '}]\n}`);
  }
  io.out('\n');
}

function printReport(io: Io, report: ScanReport, indent: string): void {
  const entries = Object.entries(report);
  io.out('{');
  entries.forEach(([key, value], index) => {
    io.out(`${index === 0 ? '' : ','}\n${indent}  ${JSON.stringify(key)}: `);
    if (Array.isArray(value)) printList(io, value, `${indent}  `);
    else io.out(indented(value, `${indent}  `));
  });
  io.out(`\n${indent}}`);
}

function printList(io: Io, values: readonly unknown[], indent: string): void {
  io.out('[');
  for (let at = 0; at < values.length; at += AT_ONCE) {
    const part = values.slice(at, at + AT_ONCE).map((value) => `\n${indent}  ${indented(value, `${indent}  `)}`);
    io.out(`${at === 0 ? '' : ','}${part.join(',')}`);
  }
  io.out(values.length === 0 ? ']' : `\n${indent}]`);
}

const indented = (value: unknown, indent: string): string =>
  JSON.stringify(value, null, 2).replaceAll('\n', `\n${indent}`);

/** The members in front of the last one, with the brace open. */
const open = (head: object, indent: string): string => `${indented(head, indent).replace(/\n\s*\}$/, '')},\n`;
