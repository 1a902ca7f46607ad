import type { CheckedWaiver } from '../../config/check-waiver.ts';
import { apiVersion } from '../../config/kinds.ts';
import type { ScanWaiver } from '../../config/types.ts';
import { SEVERITIES, whyNotWaived } from '../../contracts/scan-words.ts';
import { counted, some } from '../../model/words.ts';
import { matchesGlob } from '../../selector/glob.ts';
import { apiVersionText } from '../observe/api-version.ts';
import { type Baseline, compareWithBaseline } from './baseline.ts';
import { unreadOf } from './coverage.ts';
import { groupByCause } from './group-findings.ts';
import { type JudgedFinding, mergeFindings } from './merge-findings.ts';
import { compareMinors, compareTexts, orderFindings } from './order-findings.ts';
import type { Coverage, Finding, ScanReport } from './report-schema.ts';
import { isGap, verdictOf } from './verdict.ts';

/** All parts of a report. */
export interface ReportParts {
  readonly subject: string;
  /** The cluster's version; null for manifests. */
  readonly from: string | null;
  readonly target: string;
  readonly failOn: ScanReport['failOn'];
  readonly findings: readonly JudgedFinding[];
  readonly coverage: readonly Coverage[];
  readonly waivers?: readonly CheckedWaiver[];
  /** Why a waiver that covers a finding does not apply; undefined when it applies. Absent when all waivers apply. */
  readonly refuses?: (waiver: CheckedWaiver, finding: Finding) => string | undefined;
  /** All names of the cluster, for waivers: its name, `account.region.name`, its ARN. Empty for files. */
  readonly clusters: readonly string[];
  readonly baseline?: Baseline;
  /** Which findings are shown and counted; absent for all. */
  readonly only?: readonly OnlyTerm[];
  readonly data: ScanReport['data'];
  readonly scannedAt: Date;
}

/** Makes the report from what was found and read. The same parts give the same report, in any order. */
export function buildReport(parts: ReportParts): ScanReport {
  const { subject, from, target, failOn, data, scannedAt, baseline, only = [] } = parts;
  const merged = mergeFindings(parts.findings);
  const { findings: marked, waivers } = applyWaivers(merged, parts, scannedAt);
  const compared = baseline === undefined ? undefined : compareWithBaseline(marked, baseline);
  const found = compared?.findings ?? marked;
  const findings = orderFindings(found.filter((finding) => isMeant(finding, only)));
  const leftOut = leftOutBy(only, found.length - findings.length);
  const coverage = orderCoverage([...parts.coverage, ...dataCoverage(target, data), ...leftOut]);
  return {
    apiVersion,
    kind: 'ScanReport',
    scannedAt: scannedAt.toISOString(),
    subject,
    from,
    target,
    verdict: verdictOf(findings, coverage, failOn),
    failOn,
    findings,
    groups: groupByCause(findings).map(({ cause, owner, severity, findings: members }) => {
      return { cause, owner, severity, findings: [...new Set(members.map(({ id }) => id))] };
    }),
    coverage,
    waivers,
    baseline: compared === undefined ? null : { ...compared.baseline, ...countNew(findings) },
    data: { newestMinor: data.newestMinor, updatedOn: data.updatedOn },
    summary: summarize(findings, coverage),
  };
}

function countNew(findings: readonly Finding[]) {
  const count = findings.filter((finding) => finding.new === true).length;
  return { new: count, unchanged: findings.length - count };
}

/** Removals beyond the reach of the tables are not known. It is reported here, so that no scan forgets it. */
function dataCoverage(target: string, { newestMinor, updatedOn }: ScanReport['data']): Coverage[] {
  if (compareMinors(target, newestMinor) <= 0) return [];
  const detail = `The tables of ${updatedOn} know removals up to ${newestMinor}. Update Liftlock to scan for ${target}.`;
  return [unreadOf(`removals of Kubernetes ${target}`, null, 'error', detail)];
}

function orderCoverage(coverage: readonly Coverage[]): Coverage[] {
  return [...coverage].sort(
    (a, b) =>
      Number(isGap(b)) - Number(isGap(a)) ||
      compareTexts(a.source, b.source) ||
      compareTexts(a.what, b.what) ||
      compareTexts(JSON.stringify(a), JSON.stringify(b)),
  );
}

function summarize(findings: readonly Finding[], coverage: readonly Coverage[]): ScanReport['summary'] {
  const counted = findings.filter(({ waived }) => !waived);
  const count = (severity: Finding['severity']) => counted.filter((finding) => finding.severity === severity).length;
  return {
    errors: count('error'),
    warnings: count('warning'),
    infos: count('info'),
    waived: findings.length - counted.length,
    read: coverage.reduce((sum, entry) => sum + (entry.status === 'skipped' ? 0 : entry.count), 0),
    gaps: coverage.filter(isGap).length,
  };
}

/**
 * Marks the findings that waivers cover, with the first one that does. An expired waiver about this cluster covers nothing and is listed, and so is a
 * valid one that covers nothing.
 */
export function applyWaivers(
  findings: readonly Finding[],
  { waivers = [], clusters, refuses = () => undefined }: Pick<ReportParts, 'waivers' | 'clusters' | 'refuses'>,
  now: Date,
): { readonly findings: readonly Finding[]; readonly waivers: ScanReport['waivers'] } {
  const valid = waivers.filter(({ end }) => end > now);
  const used = new Set<CheckedWaiver>();
  const refused = new Map<CheckedWaiver, string>();
  const ends: number[] = [];
  const by = new Set<string>();
  const marked = findings.map((finding) => {
    const about = valid.filter((waiver) => covers(waiver, finding, clusters));
    const never = whyNotWaived(finding.rule);
    const covering = about.filter((waiver) => {
      const refusal = never === undefined ? refuses(waiver, finding) : undefined;
      const why = never ?? (refusal && `${REFUSED}: ${refusal}`);
      // The first refused finding gives the reason.
      if (why !== undefined && !refused.has(waiver)) refused.set(waiver, why);
      if (why === undefined) used.add(waiver);
      return why === undefined;
    });
    const [first] = covering;
    if (first !== undefined && finding.severity !== 'info') {
      by.add(first.document.metadata.name);
      ends.push(Math.max(...covering.map(({ end }) => end.getTime())));
    }
    if (first !== undefined) return { ...finding, waived: true, waiver: waiverText(first.document) };
    return never === undefined ? finding : withoutWaivers(finding, about);
  });
  const unused = valid.filter((waiver) => !used.has(waiver) && concerns(waiver.document, clusters));
  const expired = waivers.filter(({ end, document }) => end <= now && concerns(document, clusters));
  const texts = (some: readonly CheckedWaiver[]) =>
    some.map((waiver) => {
      const why = refused.get(waiver);
      return `${waiverText(waiver.document)}${why === undefined ? '' : `: ${why}`}`;
    });
  const holding = ends.length === 0 ? {} : { until: new Date(Math.min(...ends)).toISOString(), by: [...by].sort() };
  return { findings: marked, waivers: { expired: texts(expired), unused: texts(unused), ...holding } };
}

const REFUSED = 'the policy of the cluster does not allow it';

/** The finding with the waivers that would cover it if anything could. */
function withoutWaivers(finding: Finding, waivers: readonly CheckedWaiver[]): Finding {
  if (waivers.length === 0) return finding;
  const named = some(
    waivers.map(({ document }) => waiverText(document)),
    3,
  );
  const verb = waivers.length === 1 ? 'does' : 'do';
  return {
    ...finding,
    fix: `${finding.fix} Nothing waives it, since EKS refuses such a hop: ${named} ${verb} not cover it.`,
  };
}

const EXACT = ['reason', 'source', 'rule', 'apiVersion', 'kind', 'id'] as const;
const GLOBS = ['namespace', 'name', 'owner'] as const;

/** Whether the waiver is about the finding, expired or not. `clusters`: all names of the scanned cluster; empty for files. */
function covers({ document }: CheckedWaiver, finding: Finding, clusters: readonly string[]): boolean {
  const { match } = document.spec;
  const exact = EXACT.every((member) => match[member] === undefined || match[member] === finding[member]);
  if (!exact || !concerns(document, clusters)) return false;
  return GLOBS.every((member) => {
    const [pattern, value] = [match[member], finding[member]];
    return pattern === undefined || (value !== null && matchesGlob(pattern, value));
  });
}

/** Whether the waiver is about this cluster or about any. */
function concerns({ spec }: ScanWaiver, clusters: readonly string[]): boolean {
  const pattern = spec.match.cluster;
  return pattern === undefined || clusters.some((cluster) => matchesGlob(pattern, cluster));
}

/** The text by which findings name their waiver: `legacy-budgets (platform, until 2026-12-31)`. */
export function waiverText({ metadata, spec }: ScanWaiver): string {
  return `${metadata.name} (${spec.owner}, until ${spec.expires})`;
}

/** The words of `--only`, and the values of a finding of which one must match. */
const WORDS = new Map<string, (finding: Finding) => readonly (string | null)[]>(
  Object.entries({
    severity: ({ severity }) => [severity],
    rule: ({ rule, reason }) => [rule, reason],
    api: ({ apiVersion, kind }) => [
      apiVersion,
      kind,
      apiVersionText({ group: apiVersion ?? '', version: kind ?? '' }),
      `${apiVersion} ${kind}`,
    ],
    owner: ({ owner }) => [owner],
    namespace: ({ namespace }) => [namespace],
  }),
);

/** One word, and the patterns of which one must match. */
export interface OnlyTerm {
  readonly word: string;
  readonly patterns: readonly string[];
}

/**
 * Parses `severity=error,warning` `owner=team-*`: terms of one word are alternatives, those of several words must all match. `errors` are sentences.
 */
export function parseOnly(texts: readonly string[]): { readonly only: readonly OnlyTerm[]; readonly errors: string[] } {
  const errors: string[] = [];
  const patterns = new Map<string, string[]>();
  for (const text of texts) {
    const [word = '', ...rest] = text.split('=');
    const wanted = rest
      .join('=')
      .split(',')
      .map((pattern) => pattern.trim());
    if (!WORDS.has(word) || wanted.includes(''))
      errors.push(`--only ${text} says nothing: write WORD=VALUE, where WORD is ${[...WORDS.keys()].join(', ')}.`);
    const unknown = wanted.find((value) => !SEVERITIES.some((severity) => severity === value));
    if (word === 'severity' && unknown !== undefined && unknown !== '')
      errors.push(`--only ${text}: there is no severity ${unknown}, only ${SEVERITIES.join(', ')}.`);
    patterns.set(word, [...(patterns.get(word) ?? []), ...wanted]);
  }
  return { only: [...patterns].map(([word, all]) => ({ word, patterns: all })), errors };
}

const isMeant = (finding: Finding, only: readonly OnlyTerm[]): boolean =>
  only.every(({ word, patterns }) =>
    (WORDS.get(word)?.(finding) ?? []).some(
      (value) => value !== null && patterns.some((pattern) => matchesGlob(pattern, value)),
    ),
  );

/** The entry for findings that a report leaves out, `12 findings other than severity=error`; none where it leaves out none. */
function leftOutBy(only: readonly OnlyTerm[], count: number): Coverage[] {
  if (count === 0) return [];
  const terms = only.map(({ word, patterns }) => `${word}=${patterns.join(',')}`).join(' ');
  const what = `${counted(count, 'finding')} other than ${terms}`;
  const detail = 'They were found, and --only leaves them out: they count for nothing.';
  return [unreadOf(what, null, 'skipped', detail)];
}
