import type { Session } from '../../command/session.ts';
import { print, printLines } from '../print.ts';
import { printJson } from './json.ts';
import type { ScanDocument } from './scan-document.ts';

export const SCAN_FORMATS = ['table', 'json', 'yaml', 'markdown', 'sarif', 'junit', 'csv'] as const;
export type ScanFormat = (typeof SCAN_FORMATS)[number];

interface PrintOptions {
  /** Of Liftlock. */
  readonly version: string;
  /** The current folder: what the paths in findings are relative to. */
  readonly current: string;
}

/** A scan on stdout, in the format that was asked for; each renderer is loaded when it is. */
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
    case 'markdown': {
      const { scanMarkdown } = await import('./markdown.ts');
      return io.out(scanMarkdown(document));
    }
    case 'junit': {
      const { scanJunit } = await import('./junit.ts');
      return io.out(scanJunit(document));
    }
    case 'csv': {
      const { scanCsv } = await import('./csv.ts');
      return io.out(scanCsv(document));
    }
    case 'sarif': {
      const { scanSarif } = await import('./sarif.ts');
      // In GitHub Actions a step may run in a folder of the repository; code scanning counts from its root.
      const root = io.env.GITHUB_WORKSPACE ?? current;
      return io.out(`${JSON.stringify(scanSarif(document, { version, current, root }), null, 2)}\n`);
    }
    case 'json':
      return printJson(io, document);
    default:
      await print(session, format, document, () => []);
  }
}
