import type { LatestScans, ScanCause, ScanRun, ScanSummary } from '../../contracts/items/scan.ts';
import { canonicalJson, sha256Hex } from '../../hash/canonical-json.ts';
import { blockingFindings } from '../../model/blocking-findings.ts';
import { given } from '../../model/given.ts';
import { isSame } from '../../model/is-same.ts';
import type { Table } from '../../ports/table.ts';
import { writeUnrecorded } from '../../store/change.ts';
import { clusterPartition, ReconcileMarkers } from '../../store/entities.ts';
import { decideAndWrite, decode, load, loadAll, loadKind, put, replace } from '../../store/entity.ts';
import {
  LatestScanItems,
  loadParts,
  newestFirst,
  packText,
  SCAN_SUMMARIES,
  ScanSummaries,
  saveParts,
} from '../../store/scan-entities.ts';
import { mayBeUnread, unreadOf } from '../report/coverage.ts';
import type { ScanReport } from '../report/report-schema.ts';
import { isGap } from '../report/verdict.ts';
import { blockersOf, warningsOf } from './decide-hop.ts';

const RETENTION = 90 * 24 * 60 * 60_000;
/** Only the scans of the next minors matter, so a cluster keeps no more targets. */
const MOST_TARGETS = 5;
/** Lists of the fleet load what was not read of every cluster, so each cluster names few. */
const MOST_NAMED = 5;
/** An item may have 400 KB, with its keys. */
const MOST_BYTES = 380_000;

/**
 * Keeps a report for ninety days: whole in parts, as a summary in the cluster's history, and as a copy for lists of the fleet. Saving it twice keeps
 * one report, since its time is when the scan began. `isOfHop`: it was made for the upgrade that is under way.
 */
export async function saveReport(
  table: Pick<Table, 'get' | 'queryPartition' | 'transact'>,
  { clusterKey, execution }: Pick<ScanRun, 'clusterKey' | 'execution'>,
  report: ScanReport,
  now: Date,
  isOfHop = false,
): Promise<ScanSummary> {
  const expiresAt = new Date(Date.parse(report.scannedAt) + RETENTION);
  const { report: fitting, text } = fitReport(report);
  const parts = await saveParts(table, ownerOf(clusterKey, report.scannedAt), text, expiresAt);
  const found = summaryOf(fitting, { clusterKey, execution, parts });
  // When two scans end at once, the copy lacks one of them until the next scan; the history lacks none.
  return decideAndWrite(async () => {
    const before = (await load(table, LatestScanItems, clusterKey))?.data ?? { clusterKey, scans: [] };
    const lookBefore = before.scans.find(({ target }) => target === found.target);
    const known = lookBefore === undefined ? [] : await knownBy(table, clusterKey, lookBefore);
    const summary = datedBy(found, errorsOf(report), known, now);
    const gaps = { unseen: unseenBy(report, lookBefore, known), gapsSince: gapsSince(report, lookBefore) };
    const scans = latestOf(before.scans, stillWaived(summary, report, lookBefore), gaps);
    const latest = { clusterKey, scans: thatFit(isOfHop ? scans : scans.map(withDrainsOf(summary, report))) };
    // Automatic approval counts findings (autoApproveWhen), so the reconciler must look at the wave again.
    const [was, is] = [before, latest].map((scans) => blockingFindings(scans, summary.from));
    const isNews = !isSame(was, is);
    const marker = isNews ? await load(table, ReconcileMarkers) : undefined;
    const dirtySince = marker?.data.dirtySince ?? report.scannedAt;
    await writeUnrecorded(table, [
      put(ScanSummaries, summary, 'any', expiresAt),
      put(LatestScanItems, latest, 'any', expiresAt),
      ...(isNews ? [replace(ReconcileMarkers, marker, { ...marker?.data, dirtySince })] : []),
    ]);
    return summary;
  });
}

type Latest = LatestScans['scans'][number];

interface Known extends Pick<ScanCause, 'cause' | 'severity' | 'sources'> {
  readonly since: string;
}

/** Everything that was found at the previous scan, or before it and may have been there still. What lists had no room for is in its whole report. */
async function knownBy(
  table: Pick<Table, 'get' | 'queryPartition'>,
  clusterKey: string,
  { scannedAt, causes, unseen = [], moreErrors, moreErrorsSince = scannedAt }: Latest,
): Promise<Known[]> {
  const summary = moreErrors === undefined ? undefined : await load(table, ScanSummaries, clusterKey, scannedAt);
  const whole = summary && (await loadReport(table, summary.data));
  const listed = [...causes, ...unseen].map(({ cause, severity, since = scannedAt, sources }) => {
    return { cause, severity, since, ...given({ sources }) };
  });
  const names = new Set(listed.map(({ cause }) => cause));
  const more = whole === undefined ? [] : errorsOf(whole).filter((cause) => !names.has(cause));
  const severity = 'error' as const;
  return [
    ...listed,
    ...more.map((cause) => ({
      cause,
      severity,
      since: moreErrorsSince,
      ...given({ sources: whole && sourcesOf(whole, cause) }),
    })),
  ];
}

const sourcesOf = ({ findings }: ScanReport, name: string): string[] => [
  ...new Set(findings.flatMap(({ cause, source }) => (cause === name ? source : []))),
];

const errorsOf = ({ findings }: ScanReport): readonly string[] => [
  ...new Set(findings.flatMap(({ cause, severity, waived }) => (severity === 'error' && !waived ? cause : []))),
];

/**
 * What was known before, is not named by a report, and would be found where that could not read everything: nobody knows whether it is gone. What is
 * only information may be just that: that it cannot be told any more.
 */
function unnamedIn<One extends Pick<ScanCause, 'cause' | 'sources'>>(
  report: ScanReport,
  before: Latest | undefined,
  known: readonly One[],
): readonly One[] {
  const named = new Set(report.groups.flatMap(({ cause, severity }) => (severity === 'info' ? [] : cause)));
  return before?.from !== report.from
    ? []
    : known.filter(({ cause, sources }) => !named.has(cause) && mayBeUnread(report, sources));
}

function unseenBy(report: ScanReport, before: Latest | undefined, known: readonly Known[]): Latest['unseen'] {
  const unseen = unnamedIn(report, before, known);
  return unseen.length === 0 ? undefined : unseen.slice(0, MOST);
}

function gapsSince({ from, scannedAt, summary }: ScanReport, before: Latest | undefined): Latest['gapsSince'] {
  if (summary.gaps === 0) return undefined;
  return before !== undefined && before.gaps > 0 && before.from === from
    ? (before.gapsSince ?? before.scannedAt)
    : scannedAt;
}

/** Errors that a waiver covered, and that this report could not see, are covered as long as that waiver lasts: the inventory may prove them. */
function stillWaived(summary: ScanSummary, report: ScanReport, before: Latest | undefined): ScanSummary {
  const { waivedErrors: known = [], waivedUntil = '' } = before ?? {};
  const ofEks = known.map((one) => ({ ...one, sources: ['eks'] }));
  const unnamed = waivedUntil > report.scannedAt ? unnamedIn(report, before, ofEks) : [];
  const waived = unnamed.map(({ rule, cause }) => ({ rule, cause }));
  if (before === undefined || waived.length === 0) return summary;
  const waivedErrors = [...(summary.waivedErrors ?? []), ...waived].slice(0, MOST_WAIVED);
  return { ...summary, ...restingOn([summary, before]), waivedErrors };
}

/** A cause that was known before keeps its `since`; a new one gets the present time. So does what lists have no room for, together. */
function datedBy(summary: ScanSummary, errors: readonly string[], known: readonly Known[], now: Date): ScanSummary {
  const sinces = new Map(known.map((one) => [`${one.severity} ${one.cause}`, one.since]));
  const at = now.toISOString();
  const sinceOf = ({ severity, cause }: Pick<ScanCause, 'cause' | 'severity'>) =>
    sinces.get(`${severity} ${cause}`) ?? at;
  const causes = summary.causes.map((one) => ({ ...one, since: sinceOf(one) }));
  if (summary.moreErrors === undefined) return { ...summary, causes };
  const listed = new Set(causes.map(({ cause }) => cause));
  const more = errors.filter((cause) => !listed.has(cause)).map((cause) => sinceOf({ severity: 'error', cause }));
  return { ...summary, causes, moreErrorsSince: more.sort().at(-1) ?? at };
}

function latestOf(
  scans: LatestScans['scans'],
  whole: ScanSummary,
  gaps: Pick<Latest, 'unseen' | 'gapsSince'>,
): LatestScans['scans'] {
  const { clusterKey: _, execution: __, unread, parts: ___, ...rest } = whole;
  const notRead = unread.slice(0, MOST_NAMED).map(({ what }) => what);
  const summary = { ...rest, ...(notRead.length > 0 && { notRead }), ...given(gaps) };
  const others = scans.filter(({ target, scannedAt }) => target !== summary.target && scannedAt !== summary.scannedAt);
  const newer = scans.find(({ target, scannedAt }) => target === summary.target && scannedAt > summary.scannedAt);
  return [...others, newer ?? summary].sort((a, b) => (a.scannedAt < b.scannedAt ? 1 : -1)).slice(0, MOST_TARGETS);
}

const encoder = new TextEncoder();

/** The newest scans that fit into one item. Owners and causes are texts of others: five scans that are full of them are more than the table takes. */
function thatFit(scans: LatestScans['scans']): LatestScans['scans'] {
  const isTooMuch = encoder.encode(JSON.stringify(scans)).length > MOST_BYTES;
  return isTooMuch && scans.length > 1 ? thatFit(scans.slice(0, -1)) : scans;
}

/** Whether a finding is about the drains of nodes. */
export const isDrain = ({ cause }: Pick<ScanCause, 'cause'>): boolean => cause.startsWith('drain:');
const isError = ({ severity }: ScanCause): boolean => severity === 'error';

/** Until when looks together rest on waivers, and on which. */
function restingOn(looks: readonly Pick<ScanSummary, 'waivedUntil' | 'waivedBy'>[]) {
  const waived = looks.filter(({ waivedUntil }) => waivedUntil !== undefined);
  // A look of an older release may rest on any waiver.
  const waivedBy = waived.every((one) => one.waivedBy !== undefined)
    ? [...new Set(waived.flatMap((one) => one.waivedBy ?? []))]
    : undefined;
  const [waivedUntil] = waived.flatMap((one) => one.waivedUntil ?? []).sort();
  return waivedUntil === undefined ? {} : { waivedUntil, waivedBy };
}
const sum = (causes: readonly ScanCause[]): number => causes.reduce((count, { findings }) => count + findings, 0);

/**
 * What keeps nodes from being drained does not depend on the minor that they go to. So a look at one hop tells it for the others, which were looked at
 * before: else what was mended would stop them until somebody looked at them again, and what has come since would not. The look of an upgrade that is
 * under way tells nothing of the kind: it may leave the nodes to a later hop.
 */
function withDrainsOf(newer: ScanSummary, { coverage, failOn, findings }: ScanReport) {
  const isRead = coverage.some(({ source, status }) => source === 'drain' && status === 'read');
  const isHop = ({ from, target }: Pick<ScanSummary, 'from' | 'target'>): boolean => from !== target;
  const isTold = isRead && isHop(newer) && newer.causes.length < MOST;
  // What lets a hop go on is a ScanWarning, whatever its severity; other warnings of checks fail a scan that fails for all of them.
  const fails = (one: ScanCause): boolean => one.code !== 'ScanWarning' && (isError(one) || failOn === 'deprecated');
  const named = (causes: readonly ScanCause[]) =>
    causes.filter(isDrain).map(({ cause, severity, findings: count }) => [cause, severity, count]);
  const resting = findings.some((one) => one.waived && isDrain(one)) ? [newer] : [];
  return (older: Latest): Latest => {
    const { from, target, scannedAt, moreErrors, unseen = [] } = older;
    const isOther = target !== newer.target && from === newer.from && scannedAt < newer.scannedAt && isHop(older);
    const isSeen = !unseen.some(isDrain);
    const isSaid = isSeen && resting.length === 0 && isSame(named(older.causes), named(newer.causes));
    if (!isTold || !isOther || moreErrors !== undefined || isSaid) return older;
    const known = older.causes.filter((one) => !isDrain(one));
    const drains = newer.causes.filter(isDrain).map((one) => {
      const before = [...older.causes, ...unseen].find((it) => it.cause === one.cause && it.severity === one.severity);
      return { ...one, ...given({ since: before?.since ?? one.since }) };
    });
    const causes = [...known, ...drains].sort((a, b) => Number(isError(b)) - Number(isError(a))).slice(0, MOST);
    const count = (which: (one: ScanCause) => boolean, before: number): number =>
      before - sum(older.causes.filter((one) => isDrain(one) && which(one))) + sum(drains.filter(which));
    const hasFailed = drains.some(fails) || (older.verdict === 'fail' && known.some(fails));
    const { unseen: _, ...rest } = older;
    const stillUnseen = unseen.filter((one) => !isDrain(one));
    return {
      ...rest,
      ...(stillUnseen.length > 0 && { unseen: stillUnseen }),
      ...{ causes, verdict: hasFailed ? 'fail' : older.gaps > 0 ? 'incomplete' : 'pass' },
      errors: count(isError, older.errors),
      warnings: count((one) => !isError(one), older.warnings),
      ...restingOn([older, ...resting]),
    };
  };
}

/** The last scans of clusters, by cluster key. A cluster that was never scanned is missing. */
export async function latestScansOf(
  table: Pick<Table, 'getAll'>,
  clusterKeys: readonly string[],
): Promise<Map<string, LatestScans>> {
  const latest = await loadAll(table, LatestScanItems, clusterKeys.map(LatestScanItems.key));
  return new Map(latest.map((one) => [one.clusterKey, one]));
}

/** Ends a waiver at an instant for the looks that rest on it, as its own end would have done. A look of an older release may rest on any. */
export async function endWaiver(
  table: Pick<Table, 'get' | 'queryKind' | 'transact'>,
  name: string,
  end: Date,
): Promise<void> {
  const at = end.toISOString();
  const rests = ({ waivedUntil, waivedBy }: Latest): boolean =>
    waivedUntil !== undefined && waivedUntil > at && waivedBy?.includes(name) !== false;
  for (const { clusterKey, scans } of await loadKind(table, LatestScanItems)) {
    if (!scans.some(rests)) continue;
    await decideAndWrite(async () => {
      const read = await load(table, LatestScanItems, clusterKey);
      if (read === undefined) return;
      const ended = read.data.scans.map((scan) => (rests(scan) ? { ...scan, waivedUntil: at } : scan));
      const newest = Math.max(...ended.map(({ scannedAt }) => Date.parse(scannedAt)));
      const next = { ...read.data, scans: ended };
      await writeUnrecorded(table, [put(LatestScanItems, next, read.revision, new Date(newest + RETENTION))]);
    });
  }
}

/** A cluster's scans, the newest first. */
export async function scansOf(table: Pick<Table, 'queryPartition'>, clusterKey: string): Promise<ScanSummary[]> {
  const items = await table.queryPartition(clusterPartition(clusterKey), SCAN_SUMMARIES);
  return items.map((item) => decode(ScanSummaries, item).data);
}

/** The whole report of a summary; undefined when it has expired. */
export async function loadReport(
  table: Pick<Table, 'queryPartition'>,
  { clusterKey, scannedAt, parts }: ScanSummary,
): Promise<ScanReport | undefined> {
  const text = await loadParts(table, ownerOf(clusterKey, scannedAt), parts);
  return text === undefined ? undefined : (JSON.parse(text) as ScanReport);
}

const ownerOf = (clusterKey: string, scannedAt: string) => ({ clusterKey, owner: `REPORT#${newestFirst(scannedAt)}` });

const MOST = 20;
/** The fixes of one cause may differ: a node group may be too old and use a retired AMI as well. */
const MOST_FIXES = 3;
const LONGEST_DETAIL = 300;
/** A command with the names of a cluster and of a group, each up to 100 characters, is whole. */
const LONGEST_FIX = 500;
const MOST_OWNERS = 20;
const MOST_IDS = 5;

/** Whether a look has found more causes, or owners of one of them, than lists have room for; only its whole report names those. */
export const hasMore = ({ causes, moreErrors }: Pick<ScanSummary, 'causes' | 'moreErrors'>): boolean =>
  moreErrors !== undefined || causes.some(({ owners = [] }) => owners.length >= MOST_OWNERS);

/** Whether a look that could not read everything names all that may be there still; looks of older releases do not. */
export const namesUnseen = ({ gapsSince, unseen = [] }: Pick<Latest, 'gapsSince' | 'unseen'>): boolean =>
  gapsSince !== undefined && unseen.length < MOST;

/** The summary of a report that lists and trends show. */
function summaryOf(
  report: ScanReport,
  { clusterKey, execution, parts }: Pick<ScanSummary, 'clusterKey' | 'execution' | 'parts'>,
): ScanSummary {
  const { errors, warnings, infos, waived, read, gaps } = report.summary;
  const counts = new Map(report.findings.filter(({ waived: is }) => !is).map(({ id, severity }) => [id, severity]));
  const ownerOfId = new Map(report.findings.map(({ id, owner }) => [id, owner]));
  const sourceOfId = new Map(report.findings.map(({ id, source }) => [id, source]));
  const blockers = Map.groupBy(blockersOf(report), ({ cause }) => cause);
  const passing = Map.groupBy(warningsOf(report), ({ cause }) => cause);
  const causes = report.groups.flatMap(({ cause, owner, findings }) => {
    const own = findings.filter((id) => counts.has(id));
    const sources = [...new Set(own.flatMap((id) => sourceOfId.get(id) ?? []))];
    const severities = own.map((id) => counts.get(id));
    const severity = severities.includes('error') ? 'error' : 'warning';
    if (!severities.includes(severity)) return [];
    const owners = [...new Set(own.flatMap((id) => ownerOfId.get(id) ?? []))].slice(0, MOST_OWNERS);
    const told = blockers.get(cause) ?? passing.get(cause);
    const [{ what, code } = { what: '', code: undefined }] = told ?? [];
    const fixes = [...new Set(told?.map(({ fix }) => fix.slice(0, LONGEST_FIX)))].slice(0, MOST_FIXES);
    return [
      {
        cause,
        ...(owner === null ? {} : { owner }),
        ...(owners.length > 1 && { owners }),
        severity,
        ...{ findings: own.length, sources },
        ...(fixes.length === 0
          ? {}
          : { fixes, what: what.slice(0, LONGEST_DETAIL), ids: own.slice(0, MOST_IDS), code }),
      } as const,
    ];
  });
  const more = causes.slice(MOST).flatMap(({ cause, severity }) => (severity === 'error' ? cause : []));
  const unread = report.coverage.filter(isGap).map(({ what, source, status, detail }) => {
    return { what, ...(source === null ? {} : { source }), status, detail: detail.slice(0, LONGEST_DETAIL) };
  });
  return {
    clusterKey,
    scannedAt: report.scannedAt,
    execution,
    from: report.from ?? '',
    target: report.target,
    verdict: report.verdict,
    ...{ errors, warnings, infos, waived, read, gaps },
    causes: causes.slice(0, MOST),
    ...(more.length === 0 ? {} : { moreErrors: sha256Hex(canonicalJson(more)) }),
    unread: unread.slice(0, MOST),
    dataUpdatedOn: report.data.updatedOn,
    ...(report.waivers.until === undefined ? {} : { waivedUntil: report.waivers.until }),
    ...given({ waivedBy: report.waivers.by, waivedErrors: waivedErrorsOf(report) }),
    parts,
  };
}

const MOST_WAIVED = 100;

/** Errors of checks of EKS that a waiver covers; undefined where there is none. */
function waivedErrorsOf({ findings }: ScanReport): ScanSummary['waivedErrors'] {
  const errors = findings.flatMap(({ waived, severity, source, rule, cause }) =>
    waived && severity === 'error' && source === 'eks' && rule !== null ? { rule, cause } : [],
  );
  return errors.length === 0 ? undefined : errors.slice(0, MOST_WAIVED);
}

/** The most base64 characters of a report that is kept whole. */
const MOST_CHARACTERS = 2_000_000;
/** A character is at most three bytes, and three bytes are four letters of base64, even where gzip does not shrink them. */
const FITS_IN_ANY_CASE = MOST_CHARACTERS / 5;

/** Removes the last, least important findings of a report that is too large to keep, and records that in the report. Counts and verdict stay. */
export function fitReport(whole: ScanReport): { report: ScanReport; text: string } {
  let report = whole;
  for (;;) {
    const text = JSON.stringify(report);
    if (text.length <= FITS_IN_ANY_CASE) return { report, text };
    const size = packText(text).reduce((sum, part) => sum + part.length, 0);
    if (size <= MOST_CHARACTERS || report.findings.length === 0) return { report, text };
    report = cut(whole, Math.floor(report.findings.length * Math.min(0.9, MOST_CHARACTERS / size)));
  }
}

function cut(whole: ScanReport, count: number): ScanReport {
  const findings = whole.findings.slice(0, count);
  const kept = new Set(findings.map(({ id }) => id));
  const groups = whole.groups.flatMap((group) => {
    const left = group.findings.filter((id) => kept.has(id));
    return left.length === 0 ? [] : [{ ...group, findings: left }];
  });
  const left = whole.findings.length - count;
  const detail = `${left} findings were left out, those that matter least: the report is too large to keep. They are counted.`;
  const note = unreadOf('findings of this report', null, 'skipped', detail);
  return { ...whole, findings, groups, coverage: [...whole.coverage, note] };
}
