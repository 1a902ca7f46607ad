import { type Reason, reason } from '../contracts/step-result.ts';
import type { KubeVersion } from '../version/kube-version.ts';
import type { SupportCalendar } from '../version/support-calendar.ts';

/** EKS takes a control plane back so long after its upgrade has ended (facts: eks.md §3.2). */
export const SEVEN_DAYS = 7 * 86_400_000;

interface Known {
  /** When the upgrade has ended, or would at the earliest. */
  readonly completedAt: Date;
  readonly now: Date;
  readonly calendar: SupportCalendar;
  /** `upgradePolicy` of the cluster. */
  readonly supportType?: string | undefined;
}

interface WayBack {
  /** The end of the seven days, or of EKS's support of the version where that comes first; undefined where it is over or was never there. */
  readonly until?: Date;
  /** Whether support ends it. */
  readonly isCut: boolean;
  /** Why there is no way back, or what has to be done before. */
  readonly reasons: readonly Reason[];
}

/** Until when EKS takes a control plane back to the minor before, and what it asks for that: of upgrades that have ended and of those to come. */
export function wayBack(to: KubeVersion, { completedAt, now, calendar, supportType }: Known): WayBack {
  const end = new Date(completedAt.getTime() + SEVEN_DAYS);
  const { state, endOfStandardSupport, endOfExtendedSupport } = calendar.supportStatus(to, now);
  if (state === 'unsupported')
    return {
      isCut: true,
      reasons: [
        reason('VersionUnsupported', `EKS does not support ${to} any more, so it takes no control plane back to it.`),
      ],
    };
  if (end <= now) return { isCut: false, reasons: [] };
  const isCut = endOfExtendedSupport !== undefined && endOfExtendedSupport < end;
  const until = isCut ? endOfExtendedSupport : end;
  return {
    until,
    isCut,
    reasons: supportType === 'STANDARD' ? needsExtended(to, state, endOfStandardSupport, until) : [],
  };
}

function needsExtended(to: KubeVersion, state: string, ends: Date | undefined, until: Date): Reason[] {
  const what = "the cluster's upgrade policy is STANDARD: to go back, set it to EXTENDED first, which costs more";
  if (state === 'extended') return [reason('NeedsExtendedSupport', `${to} is in extended support and ${what}.`)];
  if (ends === undefined || ends >= until) return [];
  return [reason('NeedsExtendedLater', `From ${ends.toISOString()} on ${to} is in extended support, and ${what}.`)];
}

/** What will be so of the way back of a hop that has not begun: for reports of scans, plans and explanations. */
export function foreseeWayBack(from: KubeVersion, known: Omit<Known, 'completedAt'>): Reason[] {
  const { until, isCut, reasons } = wayBack(from, { ...known, completedAt: known.now });
  const hop = `The hop from ${from} to ${from.next()}`;
  if (until === undefined)
    return reasons.map(({ code, message }) => ({ code, message: `${hop} is not reversible: ${message}` }));
  const time = isCut
    ? `until ${until.toISOString()} only, when EKS ends its support of ${from}`
    : 'for 7 days after its control plane has moved';
  const text = `${hop} is reversible ${time}; nodes that have followed go back first, and the next hop ends it.`;
  return [reason(isCut ? 'WayBackIsShort' : 'HopReversible', text), ...reasons];
}
