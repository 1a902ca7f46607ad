import type { ScanReport } from '../../../core/scan/report/report-schema.ts';
import type { Io } from '../../command/io.ts';
import type { Session } from '../../command/session.ts';
import { print, printLines } from '../print.ts';
import type { ScanDocument } from './across-hops.ts';

export const SCAN_FORMATS = ['table', 'json', 'yaml', 'markdown', 'sarif', 'junit', 'csv'] as const;
export type ScanFormat = (typeof SCAN_FORMATS)[number];

interface PrintOptions {
  /** Version of Liftlock. */
  readonly version: string;
  /** The current folder: paths in findings are relative to it. */
  readonly current: string;
}

/** Prints a scan on stdout in the requested format; each renderer is loaded only when it is needed. */
export async function printScan(
  session: Session,
  format: ScanFormat,
  document: ScanDocument,
  { version, current }: PrintOptions,
): Promise<void> {
  const { io, paint } = session;
  switch (format) {
    case 'table': {
      const { scanTable } = await import('./table.ts');
      const columns = io.columns === undefined ? {} : { columns: io.columns };
      return printLines(session, scanTable(document, { paint, ...columns }));
    }
    case 'markdown':
      return io.out((await import('./markdown.ts')).scanMarkdown(document));
    case 'junit':
      return io.out((await import('./junit.ts')).scanJunit(document));
    case 'csv':
      return io.out((await import('./csv.ts')).scanCsv(document));
    case 'sarif': {
      const { scanSarif } = await import('./sarif.ts');
      // A step of GitHub Actions may run in a subfolder of the repository; code scanning needs paths from its root.
      const root = io.env.GITHUB_WORKSPACE ?? current;
      return io.out(`${JSON.stringify(scanSarif(document, { version, current, root }), null, 2)}\n`);
    }
    case 'json':
      return printJson(io, document);
    default:
      await print(session, format, document, () => []);
  }
}

/** The number of findings that become text at once: the whole text of a large report would take more memory than the scan. */
const AT_ONCE = 500;

/** The same text as `JSON.stringify(document, null, 2)`, written in pieces. */
export function printJson(io: Io, document: ScanDocument): void {
  if (document.kind === 'ScanReport') printReport(io, document, '');
  else {
    const { items, ...head } = document;
    io.out(`${open(head)}  "items": [`);
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

/** The members before the last one, with the brace still open. */
const open = (head: object): string => `${JSON.stringify(head, null, 2).replace(/\n\s*\}$/, '')},\n`;
