import type { ConfigFile } from '../../config/read-yaml.ts';

/** What is needed of an older report. Whatever else it holds is not read: another release may have written it. */
export type Baseline = ReturnType<typeof reportAt>;

export type BaselineFinding = ReturnType<typeof findingAt>;

/** In characters; far above a report of 100,000 findings. */
const maxBaselineSize = 256 * 1024 * 1024;

type ReadBaseline =
  | { readonly baselines: readonly Baseline[]; readonly error?: never }
  | { readonly baselines?: never; readonly error: string };

/** Reads the `-o json` of an older scan, a ScanReport or a ScanReportList. `error` is a sentence that names the file and the place. */
export function readBaseline({ path, text }: ConfigFile): ReadBaseline {
  if (text.length > maxBaselineSize) return { error: `${path} is larger than ${maxBaselineSize} characters.` };
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    return {
      error: `${path} is not JSON: ${(error as Error).message}. A baseline is what "-o json" of a scan prints.`,
    };
  }
  try {
    const document = mapAt(value, 'the document');
    if (document.kind === 'ScanReport') return { baselines: [reportAt(document, 'the document')] };
    if (document.kind !== 'ScanReportList') throw new Mismatch('kind', 'ScanReport or ScanReportList', document.kind);
    return { baselines: listAt(document.items, 'items').map((item, index) => reportAt(item, `items[${index}]`)) };
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    return { error: `${path} is no report of a scan: ${error.message} A baseline is what "-o json" of a scan prints.` };
  }
}

/** Thrown and caught in this file alone. */
class Mismatch extends Error {
  constructor(where: string, wanted: string, found: unknown) {
    const shown = found === undefined ? 'missing' : (JSON.stringify(found) ?? String(found)).slice(0, 60);
    super(`${where} must be ${wanted}, not ${shown}.`);
  }
}

function reportAt(value: unknown, where: string) {
  const report = mapAt(value, where);
  if (report.kind !== 'ScanReport') throw new Mismatch(`${where}: kind`, 'ScanReport', report.kind);
  return {
    scannedAt: textAt(report.scannedAt, `${where}: scannedAt`),
    subject: textAt(report.subject, `${where}: subject`),
    from: report.from === null ? null : textAt(report.from, `${where}: from`),
    target: textAt(report.target, `${where}: target`),
    findings: listAt(report.findings, `${where}: findings`).map((finding, index) =>
      findingAt(finding, `${where}: findings[${index}]`),
    ),
  };
}

function findingAt(value: unknown, where: string) {
  const { id, severity, waived, message, location } = mapAt(value, where);
  if (typeof waived !== 'boolean') throw new Mismatch(`${where}.waived`, 'true or false', waived);
  return {
    id: textAt(id, `${where}.id`),
    severity: textAt(severity, `${where}.severity`),
    waived,
    message: textAt(message, `${where}.message`),
    file: location === null ? null : textAt(mapAt(location, `${where}.location`).file, `${where}.location.file`),
  };
}

function mapAt(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Mismatch(where, 'a map', value);
}

function listAt(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Mismatch(where, 'a list', value);
}

function textAt(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw new Mismatch(where, 'text', value);
}
