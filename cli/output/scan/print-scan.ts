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

/** So many levels lie above the findings, which become text one by one: the whole text of a large report would take more memory than the scan. */
const DEPTHS = { ScanReport: 2, ScanReportList: 4 } as const;

/** The same text as `JSON.stringify(document, null, 2)`, written in pieces. */
export function printJson(io: Io, document: ScanDocument): void {
  printMembers(io, document, DEPTHS[document.kind], '');
  io.out('\n');
}

/** Writes an object or a list member by member, down to a depth; a member below it is one piece. */
function printMembers(io: Io, value: object, depth: number, indent: string): void {
  const [begin, end] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const members = Object.entries(value);
  const within = `${indent}  `;
  io.out(begin);
  members.forEach(([key, member], index) => {
    const name = Array.isArray(value) ? '' : `${JSON.stringify(key)}: `;
    const head = `${index === 0 ? '' : ','}\n${within}${name}`;
    if (depth > 1 && typeof member === 'object' && member !== null) {
      io.out(head);
      printMembers(io, member, depth - 1, within);
    } else io.out(`${head}${JSON.stringify(member, null, 2).replaceAll('\n', `\n${within}`)}`);
  });
  io.out(members.length === 0 ? end : `\n${indent}${end}`);
}
