import { isKnown, type ReasonCode } from '../../contracts/reasons.ts';
import { LIVE_SOURCES } from '../../contracts/scan-words.ts';
import { type Reason, reason } from '../../contracts/step-result.ts';
import type { Coverage, Finding, ScanReport } from '../report/report-schema.ts';
import { fails, isGap, OF_THE_CLUSTER } from '../report/verdict.ts';

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
 * A report that passes lets the hop go on, and no other does: findings that fail it stop the hop, one reason for each cause, and so does what
 * could not be read.
 */
export function gateOf({ findings, failOn, coverage }: ScanReport): Gate {
  const [failing, others] = [true, false].map((is) => findings.filter((finding) => fails(finding, failOn) === is));
  const told = (others ?? []).filter(({ waived, severity }) => !waived && severity !== 'info');
  return {
    blockers: [...byCause(failing ?? [], 'ScanFinding', MOST_CAUSES), ...gaps(coverage.filter(isGap))],
    notes: byCause(told, 'ScanWarning', MOST_NOTES),
  };
}

/** Findings come with what to fix first at the top, so the first of a cause speaks for it. */
function byCause(findings: readonly Finding[], code: 'ScanFinding' | 'ScanWarning', most: number): Reason[] {
  const causes = [...Map.groupBy(findings, (one) => `${codeOf(one) ?? ''} ${one.cause}`).values()];
  const told = causes.slice(0, most).flatMap((members) => {
    const [first] = members;
    return first === undefined ? [] : [reason(codeOf(first) ?? code, causeText(first, members.length))];
  });
  const left = causes.length - told.length;
  if (left === 0) return told;
  return [...told, reason(code, `${left} more causes are in the report. Run: liftlock scan cluster`)];
}

/** A check whose name is a code is told by it. */
const codeOf = ({ rule }: Finding): ReasonCode | undefined => (rule !== null && isKnown(rule) ? rule : undefined);

function causeText(finding: Finding, count: number): string {
  const { owner, cause, message, fix, namespace, name, kind, source } = finding;
  // What is said of the cluster itself names what it is about.
  if (OF_THE_CLUSTER.includes(source) && owner === null) return `${message} ${fix}`;
  const object = `${kind ?? 'object'} ${namespace === null ? '' : `${namespace}/`}${name ?? ''}`.trim();
  const where = name === null ? '' : ` (${object}${count > 1 ? ` and ${count - 1} more` : ''})`;
  return `${owner ?? cause}: ${message}${where} ${fix}`;
}

function gaps(found: readonly Coverage[]): Reason[] {
  const unread = found.toSorted((a, b) => Number(refusalOf(b) !== undefined) - Number(refusalOf(a) !== undefined));
  const told = unread.slice(0, MOST_GAPS).map((one) => {
    const { what, source, status, detail } = one;
    const refusal = refusalOf(one);
    if (refusal !== undefined) return refusal;
    const grant = status === 'denied' ? 'Grant it (liftlock access manifest)' : 'Repair it';
    const isLeft = source !== null && LIVE_SOURCES.includes(source);
    const skip = !isLeft ? '' : `, or leave it out in the UpgradePolicy: scan.skip: [${source}]`;
    return reason('ScanIncomplete', `${what}: ${detail}${/[.!?]$/.test(detail) ? '' : '.'} ${grant}${skip}.`);
  });
  const left = unread.slice(MOST_GAPS);
  if (left.length === 0) return told;
  const names = left.slice(0, 10).map(({ what }) => what);
  const more = left.length > names.length ? ` and ${left.length - names.length} more` : '';
  return [...told, reason('ScanIncomplete', `Not read either: ${names.join(', ')}${more}.`)];
}

/** What the API server itself answered to the step, under the name of its refusal. */
function refusalOf({ source, detail }: Coverage): Reason | undefined {
  const [, code = '', message = ''] = /^(\w+): (.*)$/s.exec(source === 'server' ? detail : '') ?? [];
  return isKnown(code) ? reason(code, message) : undefined;
}
