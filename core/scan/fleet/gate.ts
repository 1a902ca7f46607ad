import { type Reason, reason } from '../../contracts/step-result.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import type { Coverage, Finding, ScanReport } from '../report/report-schema.ts';
import { fails, isGap } from '../report/verdict.ts';

/** Reasons are cut to a dozen: findings must not push out what could not be read, nor the other way round. */
const MOST_CAUSES = 6;
const MOST_GAPS = 3;
const MOST_NOTES = 5;

/** What a scan means for the hop that it was made for. */
export interface Gate {
  readonly blockers: readonly Reason[];
  readonly notes: readonly Reason[];
}

/**
 * Findings that fail the scan stop the hop, one reason for each cause, unless the cluster has lived with them already: what an older minor
 * removed is not made worse. What could not be read stops it too. Insights are judged by the step itself (core/readiness/insights.ts);
 * where there are some, the API server's gauge is only told: it stays at 1 until a restart, whoever was repaired meanwhile, and names
 * nobody, while insights know clients and times.
 */
export function gateOf(report: ScanReport): Gate {
  const { findings, failOn, coverage, from } = report;
  const insightsRead = coverage.some(({ source, status }) => source === 'insight' && status === 'read');
  const failing = findings.filter(
    (finding) =>
      fails(finding, failOn) && finding.source !== 'insight' && !(insightsRead && finding.source === 'telemetry'),
  );
  const stopping = failing.filter(({ removedIn }) => comesWithThisHop(removedIn, from));
  const others = findings.filter(
    (finding) =>
      !stopping.includes(finding) && !finding.waived && finding.severity !== 'info' && finding.source !== 'insight',
  );
  return {
    blockers: [...byCause(stopping, 'ScanFinding', MOST_CAUSES), ...gaps(coverage.filter(isGap))],
    notes: byCause(others, 'ScanWarning', MOST_NOTES),
  };
}

function comesWithThisHop(removedIn: string | null, from: string | null): boolean {
  if (removedIn === null || from === null) return true;
  return KubeVersion.parse(from).isOlderThan(KubeVersion.parse(removedIn));
}

/** Findings come with what to fix first at the top, so the first of a cause speaks for it. */
function byCause(findings: readonly Finding[], code: 'ScanFinding' | 'ScanWarning', most: number): Reason[] {
  const causes = [...Map.groupBy(findings, ({ cause }) => cause).values()];
  const told = causes.slice(0, most).flatMap((members) => {
    const [first] = members;
    return first === undefined ? [] : [reason(code, causeText(first, members.length))];
  });
  const left = causes.length - told.length;
  if (left === 0) return told;
  return [...told, reason(code, `${left} more causes are in the report. Run: liftlock scan cluster`)];
}

function causeText(finding: Finding, count: number): string {
  const { owner, cause, message, fix, namespace, name, kind } = finding;
  const object = `${kind ?? 'object'} ${namespace === null ? '' : `${namespace}/`}${name ?? ''}`.trim();
  const where = name === null ? '' : ` (${object}${count > 1 ? ` and ${count - 1} more` : ''})`;
  return `${owner ?? cause}: ${message}${where} ${fix}`;
}

function gaps(unread: readonly Coverage[]): Reason[] {
  const told = unread.slice(0, MOST_GAPS).map(({ what, source, status, detail }) => {
    const grant = status === 'denied' ? 'Grant it (liftlock access manifest)' : 'Repair it';
    const skip = source === null ? '' : `, or leave it out in the UpgradePolicy: scan.skip: [${source}]`;
    return reason('ScanIncomplete', `${what}: ${detail}${/[.!?]$/.test(detail) ? '' : '.'} ${grant}${skip}.`);
  });
  const left = unread.slice(MOST_GAPS);
  if (left.length === 0) return told;
  const names = left.slice(0, 10).map(({ what }) => what);
  const more = left.length > names.length ? ` and ${left.length - names.length} more` : '';
  return [...told, reason('ScanIncomplete', `Not read either: ${names.join(', ')}${more}.`)];
}
