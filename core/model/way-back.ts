import { type Reason, reason } from '../contracts/step-result.ts';
import { latenessPerDay } from '../version/cluster-support.ts';
import type { KubeVersion } from '../version/kube-version.ts';
import type { SupportCalendar } from '../version/support-calendar.ts';

/** EKS takes a control plane back for this long after its upgrade has ended (facts: eks.md §3.2). */
export const SEVEN_DAYS = 7 * 86_400_000;

interface Known {
  /** The name and Region of the cluster. */
  readonly name: string;
  readonly region: string;
  /** When the upgrade has ended, or could end at the earliest. */
  readonly completedAt: Date;
  readonly now: Date;
  readonly calendar: SupportCalendar;
  /** `upgradePolicy` of the cluster. */
  readonly supportType?: string | undefined;
  /** Whether the policy or a person allows the support type to be set to EXTENDED. */
  readonly mayExtend?: boolean | undefined;
}

interface WayBack {
  /** The end of the seven days, or of EKS's support of the version if that is earlier; undefined where there is no way back, or no longer one. */
  readonly until?: Date;
  /** Whether the end of support shortens it. */
  readonly isCut: boolean;
  /** Why there is no way back, or what has to be done before. */
  readonly reasons: readonly Reason[];
}

/** Until when EKS takes a control plane back to the minor before, and what it demands. It serves upgrades that have ended and those to come. */
export function wayBack(to: KubeVersion, known: Known): WayBack {
  const { completedAt, now, calendar, supportType } = known;
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
    reasons:
      supportType === 'STANDARD'
        ? needsExtended(to, known, state === 'extended' ? now : endOfStandardSupport, until)
        : [],
  };
}

/** @param since when extended support of the version begins, or now */
function needsExtended(
  to: KubeVersion,
  { name, region, mayExtend, now }: Known,
  since: Date | undefined,
  until: Date,
): Reason[] {
  if (since === undefined || since >= until) return [];
  const from = since > now ? since : undefined;
  if (mayExtend === true) return [extendsSupport({ name, region }, to, from)];
  const said = `${inExtendedSupport(name, to, from)}: to go back it has to be EXTENDED, which costs ${perDay()} from then on. liftlock rollback cluster ${name} --extend-support has Liftlock set it, and so does rollback.extendSupport of its policy.`;
  return [reason(from === undefined ? 'NeedsExtendedSupport' : 'NeedsExtendedLater', said)];
}

/**
 * The cost of going back to a minor in extended support. Only a person can reset the support type, and EKS allows that only once the cluster has left
 * that minor. `from`: standard support lasts until then.
 */
export function extendsSupport({ name, region }: Pick<Known, 'name' | 'region'>, to: KubeVersion, from?: Date): Reason {
  const said = `${inExtendedSupport(name, to, from)}: it is set to EXTENDED right before the control plane goes back. That costs ${perDay()} from then on, until ${name} is upgraded again, and Liftlock never sets it back (aws eks update-cluster-config --region ${region} --name ${name} --upgrade-policy supportType=STANDARD does, once its version is in standard support).`;
  return reason('ExtendsSupport', said);
}

const perDay = (): string => `$${(latenessPerDay('extended', 'EXTENDED') ?? 0).toFixed(2)} a day`;
const inExtendedSupport = (name: string, to: KubeVersion, from: Date | undefined): string =>
  `${from === undefined ? '' : `From ${from.toISOString()} on `}${to} is in extended support and the upgrade policy of ${name} is STANDARD`;

/** The way back of a hop that has not begun, for reports of scans, plans and explanations. */
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
