import { counted, some } from '../../../core/model/words.ts';
import type { Coverage, Finding, ScanReport } from '../../../core/scan/report/report-schema.ts';
import { isGap, verdictOfAll } from '../../../core/scan/report/verdict.ts';
import type { Style } from '../../command/io.ts';

/** `PodDisruptionBudget payments/api`, or the best other name. */
export function objectWords({ apiVersion, kind, namespace, name, rule, cause }: Finding): string {
  const path = namespace !== null && name !== null ? `${namespace}/${name}` : (name ?? namespace);
  const words = [kind ?? apiVersion, path].filter((part) => part !== null);
  return words.length === 0 ? (rule ?? cause) : words.join(' ');
}

/** The key for counts, `--only rule=` and lists: the name of the rule, or the reason for an API. */
export const ruleWords = ({ rule, reason }: Finding): string => rule ?? reason;

/** `deploy/web.yaml:3:1`; undefined for an object in a cluster. */
export function placeWords({ location }: Finding): string | undefined {
  if (location === null) return undefined;
  return `${location.file === '-' ? '<stdin>' : location.file}:${location.line}:${location.column}`;
}

/** `error`, with the reason where the finding does not count. */
export function severityWords({ severity, waived, new: isNew }: Finding): string {
  if (waived) return `${severity}, waived`;
  return isNew === false ? `${severity}, known` : severity;
}

/** `3 errors, 1 warning (2 waived)`. */
function countWords({ summary, baseline }: ScanReport): string {
  const { errors, warnings, infos, waived } = summary;
  const counts = [
    counted(errors, 'error'),
    counted(warnings, 'warning'),
    ...(infos === 0 ? [] : [`${infos} for information`]),
  ].join(', ');
  const notes = [
    ...(baseline === null ? [] : [`${baseline.new} new since ${baseline.scannedAt}`]),
    ...(waived === 0 ? [] : [`${waived} waived`]),
  ];
  return notes.length === 0 ? counts : `${counts} (${notes.join('; ')})`;
}

/** The first few parts that were not read; undefined where nothing is missing. */
function gapWords(coverage: readonly Coverage[]): string | undefined {
  const gaps = coverage.filter(isGap);
  const names = gaps.map(({ what, status }) => `${what} (${STATUS_WORDS[status]})`);
  return fewWords('Not read', names, 5);
}

/** The first few parts that were left out on purpose. Files without Kubernetes objects, and findings that others stand for, are not mentioned. */
function leftOutWords(coverage: readonly Coverage[]): string | undefined {
  const left = coverage.filter(
    ({ what, status }) => status === 'skipped' && !/^(?:files without|further ones)/.test(what),
  );
  // Findings that --only left out come first, so that they are never cut off.
  const names = left.sort((a, b) => Number(a.source !== null) - Number(b.source !== null)).map(({ what }) => what);
  return fewWords('Left out', names, 4);
}

function fewWords(head: string, names: readonly string[], most: number): string | undefined {
  if (names.length === 0) return undefined;
  return `${head}: ${some(names, most)}.`;
}

const STATUS_WORDS: Readonly<Record<Coverage['status'], string>> = {
  read: 'read',
  denied: 'access denied',
  error: 'failed',
  skipped: 'left out',
  'not-rendered': 'not rendered',
};

/** The last sentence of a report; it includes everything that was not read. */
export function verdictWords(report: ScanReport): string {
  const { verdict, summary, target, subject, from, coverage } = report;
  const read = `${counted(summary.read, from === null ? 'document' : 'object')} read`;
  const found = `${subject} for ${target}: ${countWords(report)}, ${read}.`;
  const missing =
    [gapWords(coverage), leftOutWords(coverage)].filter((words) => words !== undefined).join(' ') ||
    'Nothing was left unread.';
  if (verdict !== 'incomplete') return `${found} ${missing}`;
  return `${found} Nothing found that fails, but nobody knows about the rest. ${missing}`;
}

/** The line below a list: `FAIL: 2 of 5 scans fail, 1 is incomplete.` without its first word. */
export function listWords(reports: readonly ScanReport[]): string {
  const count = (verdict: ScanReport['verdict']) => reports.filter((report) => report.verdict === verdict).length;
  if (reports.length === 0) return 'nothing was scanned.';
  const others = verdictOfAll(reports) === 'pass' ? '' : `, ${count('incomplete')} incomplete`;
  return `${counted(reports.length, 'scan')}: ${count('fail')} failed${others}, ${count('pass')} passed.`;
}

export const VERDICT_STYLES: Readonly<Record<ScanReport['verdict'], Style>> = {
  pass: 'green',
  fail: 'red',
  incomplete: 'yellow',
};
