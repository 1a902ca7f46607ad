import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { COVERAGE_STATUSES, REASONS, SEVERITIES } from '../../../core/contracts/scan-words.ts';
import { sha256Hex } from '../../../core/hash/canonical-json.ts';
import { visible } from '../../../core/model/visible.ts';
import { worstOf } from '../../../core/scan/report/group-findings.ts';
import type { Coverage, Finding, ScanReport } from '../../../core/scan/report/report-schema.ts';
import { exitCodeOf, isGap } from '../../../core/scan/report/verdict.ts';
import { reportsOf, type ScanDocument } from './across-hops.ts';

/** GitHub refuses a file whose run has more; the worst results come first. */
export const MOST_RESULTS = 25_000;
const MOST_NOTIFICATIONS = 1_000;
export const SARIF_SCHEMA =
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

interface SarifOptions extends Folders {
  /** Version of Liftlock. */
  readonly version: string;
}

/**
 * SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html) for code scanning. It has one run for each target, since GitHub
 * accepts at most 20 runs and needs a category for each: a fleet may have more clusters than that, but not more targets.
 */
export function scanSarif(document: ScanDocument, options: SarifOptions) {
  const byTarget = Map.groupBy(reportsOf(document), ({ target }) => target);
  const runs = [...byTarget].map(([target, reports]) => run(target, reports, options));
  return { $schema: SARIF_SCHEMA, version: '2.1.0', runs };
}

function run(target: string, reports: readonly ScanReport[], options: SarifOptions) {
  const all = reports.flatMap((report) => report.findings.map((finding) => ({ finding, report })));
  // Each report is sorted; here the errors of all reports go before the warnings.
  const shown = [...all].sort((a, b) => rank(a.finding) - rank(b.finding)).slice(0, MOST_RESULTS);
  const { rules, indexes } = rulesOf(shown.map(({ finding }) => finding));
  const seen = new Map<string, number>();
  const results = shown.map(({ finding, report }) => {
    const fingerprint = fingerprintOf(finding, report);
    const copy = (seen.get(fingerprint) ?? 0) + 1;
    seen.set(fingerprint, copy);
    return result(finding, report, {
      ruleIndex: indexes.get(ruleIdOf(finding)) ?? 0,
      fingerprint: `${fingerprint}:${copy}`,
      folders: options,
    });
  });
  return {
    tool: { driver: { name: 'Liftlock', version: options.version, rules, notifications: NOTIFICATIONS } },
    automationDetails: { id: `liftlock-scan/${target}/` },
    columnKind: 'utf16CodeUnits',
    originalUriBaseIds: { '%SRCROOT%': { description: { text: 'The root of the repository.' } } },
    invocations: reports.map((report) => invocation(report, all.length - shown.length)),
    results,
  };
}

const rank = ({ severity, waived }: Finding): number => (waived ? SEVERITIES.length : SEVERITIES.indexOf(severity));

/** Ids contain no cluster, but the same object in two clusters must be two alerts. */
function fingerprintOf({ id, location }: Finding, { subject }: ScanReport): string {
  return location === null ? sha256Hex(JSON.stringify([subject, id])).slice(0, 16) : id;
}

function result(
  finding: Finding,
  report: ScanReport,
  { ruleIndex, fingerprint, folders }: { ruleIndex: number; fingerprint: string; folders: Folders },
) {
  const { id, severity, source, cause, owner, confidence, evidence, waived, waiver, message, fix } = finding;
  return {
    ruleId: ruleIdOf(finding),
    ruleIndex,
    // Code scanning ignores suppressions, so a waived finding is a note, which blocks no merge.
    level: waived ? 'note' : LEVELS[severity],
    message: { text: sarifText(`${message} ${fix}`) },
    locations: [sarifLocation(finding, report.subject, folders)] as const,
    // Code scanning identifies alerts by the first one; without it, it would use the line's text.
    partialFingerprints: { primaryLocationLineHash: fingerprint, 'liftlockFinding/v1': id },
    ...(finding.new !== null && { baselineState: finding.new ? 'new' : 'unchanged' }),
    suppressions: waived
      ? [{ kind: 'external', status: 'accepted', justification: sarifText(waiver ?? 'waived') }]
      : [],
    properties: { subject: report.subject, severity, source, cause, owner, confidence, evidence },
  };
}

function invocation(report: ScanReport, left: number) {
  const gaps = report.coverage.filter(isGap);
  const notifications = gaps.slice(0, MOST_NOTIFICATIONS).map(gapNotification);
  if (gaps.length > MOST_NOTIFICATIONS)
    notifications.push(limit(`${gaps.length - MOST_NOTIFICATIONS} more parts were not read.`));
  if (left > 0) notifications.push(limit(`${left} more findings are not in this file, see -o json.`));
  return {
    // An incomplete scan is no success even where findings decide the exit code.
    executionSuccessful: gaps.length === 0,
    exitCode: exitCodeOf(report),
    endTimeUtc: report.scannedAt,
    toolExecutionNotifications: notifications,
    properties: { subject: report.subject, verdict: report.verdict },
  };
}

function gapNotification({ what, status, detail }: Coverage) {
  return {
    descriptor: { id: `coverage/${status}` },
    level: 'error',
    message: { text: sarifText(`${what} was not read. ${detail}`.trim()) },
  };
}

const limit = (text: string) => ({
  descriptor: { id: 'limit' },
  level: 'warning',
  message: { text },
});

interface Folders {
  /** Paths of files are relative to it. */
  readonly current: string;
  /** The root of the repository: SARIF paths are relative to it. */
  readonly root: string;
}

/**
 * The location of a finding. Code scanning refuses results without a file, so an object in a cluster gets a path that names it
 * (`clusters/prod/payments/PodDisruptionBudget/api`). No such file exists; the logical location names the object.
 */
function sarifLocation(finding: Finding, subject: string, folders: Folders) {
  const { location, kind, namespace, name } = finding;
  const parts = [subject, namespace, kind, name].filter((part) => part !== null).filter((part) => part !== '');
  const logicalLocations = [
    { name: name ?? kind ?? subject, fullyQualifiedName: parts.join('/').toWellFormed(), kind: 'resource' },
  ] as const;
  const artifactLocation =
    location === null
      ? ({ uri: ['clusters', ...parts].map(segment).join('/'), uriBaseId: '%SRCROOT%' } as const)
      : artifact(location.file, folders);
  const region = { startLine: location?.line ?? 1, startColumn: location?.column ?? 1 };
  return { physicalLocation: { artifactLocation, region }, logicalLocations };
}

/** Relative to the root where the file is inside. No repository has a file elsewhere, so it keeps its absolute address. */
function artifact(file: string, { current, root }: Folders): { uri: string; uriBaseId?: '%SRCROOT%' } {
  if (file === '-' || file === '') return { uri: 'stdin', uriBaseId: '%SRCROOT%' };
  const path = resolve(current, file.toWellFormed().replaceAll('\0', '\ufffd'));
  const inside = relative(root, path);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    // These characters are allowed in URLs but not in URIs (RFC 3986).
    return { uri: pathToFileURL(path).href.replaceAll(/[^\w.~!*'():/%-]/g, encodeURIComponent) };
  }
  return { uri: inside.split(sep).map(segment).join('/'), uriBaseId: '%SRCROOT%' };
}

/** A segment of dots would leave its folder, and so would its percent-encoding where URLs are resolved as in browsers. */
function segment(text: string): string {
  const encoded = encodeURIComponent(text.toWellFormed());
  return /^\.{1,2}$/.test(encoded) ? `_${encoded}` : encoded;
}

type Level = 'error' | 'warning' | 'note';
const LEVELS: Readonly<Record<Finding['severity'], Level>> = {
  error: 'error',
  warning: 'warning',
  info: 'note',
};
/** GitHub sorts alerts by `precision` and `problem.severity`. */
const PROBLEM_SEVERITIES = { error: 'error', warning: 'warning', note: 'recommendation' } as const;

/** One rule for each reason and row of the tables: `removed/policy/v1beta1/PodDisruptionBudget`, `removed/al2-ami`. */
function ruleIdOf({ reason, rule, apiVersion, kind }: Finding): string {
  const row = rule ?? [apiVersion, kind].filter((part) => part !== null).join('/');
  return sarifText(row === '' ? reason : `${reason}/${row}`).slice(0, 250);
}

/** The rules of all these findings, in order of appearance, with the index of each. */
function rulesOf(findings: readonly Finding[]) {
  const byRule = Map.groupBy(findings, ruleIdOf);
  const indexes = new Map([...byRule.keys()].map((id, index) => [id, index]));
  const rules = [...byRule.values()].flatMap((found) => {
    const [first] = found;
    return first === undefined ? [] : [descriptor(first, LEVELS[worstOf(found)])];
  });
  return { rules, indexes };
}

function descriptor(finding: Finding, level: Level) {
  const { reason, rule, apiVersion, kind, removedIn, deprecatedIn, confidence, source, fix } = finding;
  const subject = rule ?? [apiVersion, kind].filter((part) => part !== null).join(' ');
  const since = reason === 'deprecated' ? deprecatedIn : removedIn;
  const title = `${reason}${since === null ? '' : ` (${since})`}${subject === '' ? '' : `: ${subject}`}`;
  return {
    id: ruleIdOf(finding),
    shortDescription: { text: sarifText(title) },
    fullDescription: { text: REASONS[reason] },
    help: { text: sarifText(fix) },
    defaultConfiguration: { level },
    properties: {
      tags: ['kubernetes', 'upgrade', reason, source],
      precision: confidence,
      'problem.severity': PROBLEM_SEVERITIES[level],
    },
  };
}

/** The possible kinds of notifications. */
const NOTIFICATIONS = [
  ...(['denied', 'error', 'not-rendered'] as const).map((status) => ({
    id: `coverage/${status}`,
    shortDescription: { text: COVERAGE_STATUSES[status] },
  })),
  { id: 'limit', shortDescription: { text: 'More than code scanning takes.' } },
];

/** GitHub refuses descriptions of more than 1024 characters. */
const MOST = 1000;

/**
 * Plain text for SARIF: `[words](1)` would be a link and `{0}` an argument (sections 3.11.5 and 3.11.6). Viewers do not agree on how to escape them,
 * so a blank goes in between.
 */
export function sarifText(text: string): string {
  const cut = text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text;
  return visible(cut.toWellFormed())
    .replaceAll('](', '] (')
    .replaceAll(/\{(?=\d)/g, '{ ');
}
