import type { ConfigFile } from '../../config/read-yaml.ts';
import { SEVERITIES } from '../../contracts/scan-words.ts';
import type { Finding, ScanReport } from './report-schema.ts';

/**
 * Chooses the report of an older scan to compare with: one of the same target and the same cluster, since equal names in another cluster are other
 * objects. Ids of findings in files do not contain the path, so files may have been scanned under another path, as long as there is only one such
 * report. `error` is a sentence for people.
 */
export function chooseBaseline(
  baselines: readonly Baseline[],
  { subject, from, target }: Pick<ScanReport, 'subject' | 'from' | 'target'>,
): { readonly baseline: Baseline; readonly error?: never } | { readonly baseline?: never; readonly error: string } {
  const candidates = baselines.filter((other) => other.target === target && (other.from === null) === (from === null));
  const same = candidates.find((other) => other.subject === subject);
  const [only, ...more] = candidates;
  const chosen = same ?? (from === null && more.length === 0 ? only : undefined);
  if (chosen !== undefined) return { baseline: chosen };
  const known = baselines.map((other) => `${other.subject} for ${other.target}`);
  const list = known.length === 0 ? 'nothing' : `${known.slice(0, 5).join(', ')}${known.length > 5 ? ', …' : ''}`;
  return { error: `The baseline has no report of ${subject} for ${target}; it has ${list}. Write a new one.` };
}

/**
 * Marks each finding as new or not. A finding is known when the baseline has one of the same id in the same file, or else one of the same id that no
 * other finding matches (the file was renamed); so another copy of a known object is new. A finding that was waived in the baseline, or was less
 * severe there, was not accepted as it is now, and is new.
 */
export function compareWithBaseline(findings: readonly Finding[], { scannedAt, subject, findings: older }: Baseline) {
  const matches = matched(findings, older);
  const marked = findings.map((finding) => {
    const other = matches.get(finding);
    return { ...finding, new: other === undefined || (other.waived && !finding.waived) || hasWorsened(finding, other) };
  });
  const kept = new Set(matches.values());
  const gone = older.filter((finding) => !kept.has(finding)).map(({ id, message }) => ({ id, message }));
  return { findings: marked, baseline: { scannedAt, subject, gone } };
}

/** The finding of the baseline for each finding: the most similar first, and none twice. */
function matched(
  findings: readonly Finding[],
  older: readonly BaselineFinding[],
): ReadonlyMap<Finding, BaselineFinding> {
  const matches = new Map<Finding, BaselineFinding>();
  const taken = new Set<BaselineFinding>();
  const likenesses: readonly ((finding: BaselineFinding) => string)[] = [
    ({ id, file, message }) => JSON.stringify([id, file, message]),
    ({ id, file }) => JSON.stringify([id, file]),
    ({ id }) => id,
  ];
  for (const keyOf of likenesses) {
    const left = older.filter((candidate) => !taken.has(candidate));
    const free = Map.groupBy(left.reverse(), keyOf);
    for (const finding of findings.filter((candidate) => !matches.has(candidate))) {
      const other = free.get(keyOf({ ...finding, file: finding.location?.file ?? null }))?.pop();
      if (other === undefined) continue;
      matches.set(finding, other);
      taken.add(other);
    }
  }
  return matches;
}

/** An unknown severity, from a later release, counts as the mildest, so that the finding is rather reported twice than not at all. */
function hasWorsened(finding: Finding, other: BaselineFinding): boolean {
  const rank = (SEVERITIES as readonly string[]).indexOf(other.severity);
  return SEVERITIES.indexOf(finding.severity) < (rank === -1 ? SEVERITIES.length - 1 : rank);
}

/** The parts of an older report that are needed. The rest is not read, because another release may have written it. */
export type Baseline = ReturnType<typeof reportAt>;

type BaselineFinding = ReturnType<typeof findingAt>;

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

/** Only this file throws and catches it. */
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
