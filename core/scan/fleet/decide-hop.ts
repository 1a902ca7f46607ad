import { isKnown, type ReasonCode } from '../../contracts/reasons.ts';
import { AWS_SOURCES, LIVE_SOURCES } from '../../contracts/scan-words.ts';
import { type Reason, reason } from '../../contracts/step-result.ts';
import { some } from '../../model/words.ts';
import type { Coverage, Finding, ScanReport } from '../report/report-schema.ts';
import { fails, isGap, OF_THE_CLUSTER } from '../report/verdict.ts';

/** Reasons are cut to a dozen. Each kind has its own limit, so that findings do not push out unread sources or the other way round. */
const MOST_CAUSES = 6;
const MOST_GAPS = 3;
const MOST_NOTES = 5;

/** What a scan means for the hop that it was made for: reasons that stop it, and notes. */
interface HopDecision {
  readonly blockers: readonly Reason[];
  readonly notes: readonly Reason[];
}

/** One thing that stops a hop: what it is, its cause, its owner where that is known, and the fix. */
interface Blocker extends Reason {
  readonly what: string;
  readonly cause: string;
  readonly owner: string | null;
  readonly fix: string;
}

/**
 * Only a report that passes lets the hop continue. Findings that fail it stop the hop, with one reason for each cause, and so does everything that
 * could not be read.
 */
export function decideHop(report: ScanReport): HopDecision {
  const { findings, failOn, coverage, subject, target } = report;
  const failing = findings.filter((finding) => fails(finding, failOn));
  const gaps = coverage
    .filter(isGap)
    .map((gap) => gapBlocker([gap]))
    .sort(refusalsFirst);
  const unread = gaps.slice(MOST_GAPS).map(({ cause }) => cause);
  const look = `liftlock scan cluster ${subject} --target ${target}`;
  const left = unread.length === 0 ? [] : [`Not read either: ${some(unread, 10)}.`];
  return {
    blockers: [
      ...first(byCause(failing, 'ScanFinding'), 'ScanFinding', MOST_CAUSES, look),
      ...gaps.slice(0, MOST_GAPS).map(({ code, message }) => ({ code, message })),
      ...left.map((text) => reason('ScanIncomplete', text)),
    ],
    notes: first(warningsOf(report), 'ScanWarning', MOST_NOTES, look),
  };
}

/** Everything that stops the hop, without a limit; a step shows the first ones. Everything that was not read for the same cause is one blocker. */
export function blockersOf({ findings, failOn, coverage }: ScanReport): Blocker[] {
  const failing = findings.filter((finding) => fails(finding, failOn));
  const causes = Map.groupBy(coverage.filter(isGap), ({ status, detail }) => `${status} ${detail}`);
  return [...byCause(failing, 'ScanFinding'), ...[...causes.values()].map(gapBlocker).sort(refusalsFirst)];
}

/** What lets the hop go on and is no mere information, without a limit. */
export function warningsOf({ findings, failOn }: ScanReport): Blocker[] {
  const passing = findings.filter((finding) => !fails(finding, failOn));
  return byCause(
    passing.filter(({ waived, severity }) => !waived && severity !== 'info'),
    'ScanWarning',
  );
}

/** A refusal by the API server comes first, because it explains why the rest was not read. */
const refusalsFirst = (a: Blocker, b: Blocker): number => Number(isUnread(a)) - Number(isUnread(b));
const isUnread = ({ code }: Blocker): boolean => code === 'ScanIncomplete';

/** Findings are sorted by urgency, so the first one of a cause represents it. */
function byCause(findings: readonly Finding[], code: 'ScanFinding' | 'ScanWarning'): Blocker[] {
  const causes = [...Map.groupBy(findings, (one) => `${codeOf(one) ?? ''} ${one.cause}`).values()];
  return causes.flatMap((members) =>
    members[0] === undefined ? [] : [blockerOf(members[0], objectsOf(members), code)],
  );
}

/** Several rules may find the same object, which counts once. */
const objectsOf = (findings: readonly Finding[]): number =>
  new Set(findings.map(({ kind, namespace, name }) => JSON.stringify([kind, namespace, name]))).size;

function first(causes: readonly Blocker[], code: 'ScanFinding' | 'ScanWarning', most: number, look: string): Reason[] {
  const told = causes.slice(0, most).map((one): Reason => ({ code: one.code, message: one.message }));
  const left = causes.length - told.length;
  if (left === 0) return told;
  return [...told, reason(code, `${left} more causes are in the report. Run: ${look}`)];
}

/** A check whose name is a reason code is reported under that code. */
const codeOf = ({ rule }: Finding): ReasonCode | undefined => (rule !== null && isKnown(rule) ? rule : undefined);

function blockerOf(finding: Finding, objects: number, code: ReasonCode): Blocker {
  const { owner, cause, message, fix, namespace, name, kind, source } = finding;
  // A finding about the cluster itself names its subject in the message already.
  const isOfCluster = OF_THE_CLUSTER.includes(source) && owner === null;
  const object = `${kind ?? 'object'} ${namespace === null ? '' : `${namespace}/`}${name ?? ''}`.trim();
  const isNamed = isOfCluster || name === null || (message.includes(object) && objects === 1);
  const where = isNamed ? '' : ` (${object}${objects > 1 ? ` and ${objects - 1} more` : ''})`;
  const what = `${message}${where}`;
  const told = `${isOfCluster ? '' : `${owner ?? cause}: `}${what} ${fix}`;
  return { code: codeOf(finding) ?? code, message: told, what, cause, owner, fix };
}

function gapBlocker(gaps: readonly Coverage[]): Blocker {
  const cause = gaps.map(({ what }) => what).join(', ');
  const [{ status, detail } = { status: 'error', detail: '' }] = gaps;
  const [refusal] = gaps.flatMap((gap) => refusalOf(gap) ?? []);
  if (refusal !== undefined) return { ...refusal, what: refusal.message, cause, owner: null, fix: '' };
  const role = AWS_SOURCES.includes(gaps[0]?.source ?? '') ? 'the stack of the spoke role' : 'liftlock access manifest';
  const grant = status === 'denied' ? `Grant it (${role})` : 'Repair it';
  const live = new Set(gaps.flatMap(({ source }) => (source !== null && LIVE_SOURCES.includes(source) ? source : [])));
  const skip = live.size === 0 ? '' : `, or leave it out in the UpgradePolicy: scan.skip: [${[...live].join(', ')}]`;
  const what = `${detail}${/[.!?]$/.test(detail) ? '' : '.'}`;
  const fix = `${grant}${skip}.`;
  return { ...reason('ScanIncomplete', `${cause}: ${what} ${fix}`), what, cause, owner: null, fix };
}

/** The refusal that the API server itself answered to the step, under its own code. */
function refusalOf({ source, detail }: Coverage): Reason | undefined {
  const [, code = '', message = ''] = /^(\w+): (.*)$/s.exec(source === 'server' ? detail : '') ?? [];
  return isKnown(code) ? reason(code, message) : undefined;
}
