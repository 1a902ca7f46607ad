import { KubeVersion } from '../../version/kube-version.ts';
import type { SupportCalendar } from '../../version/support-calendar.ts';
import { isTargetMinor } from '../../version/target.ts';
import { dayOrInstant } from '../day-or-instant.ts';
import type { PolicyWith, Report } from './check.ts';

/** A target that EKS does not support, or not for standard money, is legal but seldom meant. */
export function checkTargetSupport(
  { spec: { target } }: PolicyWith<'target'>,
  calendar: SupportCalendar,
  now: Date | undefined,
  report: Report,
): void {
  if (typeof target !== 'string' || !isTargetMinor(target)) return;
  const message = supportProblem(KubeVersion.parse(target), calendar, now);
  if (message !== undefined) report('warning', ['spec', 'target'], message);
}

function supportProblem(version: KubeVersion, calendar: SupportCalendar, now: Date | undefined): string | undefined {
  const oldest = calendar.versions()[0];
  const newest = calendar.versions().at(-1);
  if (oldest === undefined || newest === undefined) return undefined;
  if (newest.isOlderThan(version))
    return `EKS offers no ${version} as far as is known here (newest: ${newest}). Nothing moves until it does.`;
  if (version.isOlderThan(oldest))
    return `EKS no longer supports ${version} (oldest known here: ${oldest}). Choose a newer one.`;
  if (now === undefined) return undefined;
  const { state, endOfStandardSupport, endOfExtendedSupport } = calendar.supportStatus(version, now);
  if (state === 'unsupported')
    return `EKS no longer supports ${version}${since(endOfExtendedSupport)}. Choose a newer one.`;
  if (state === 'extended')
    return `${version} is in extended support${since(endOfStandardSupport)}, which costs extra every day. Choose a newer one.`;
  if (state === 'unknown')
    return `EKS does not offer ${version} yet as far as is known here. Nothing moves until it does.`;
  return undefined;
}

function since(date: Date | undefined): string {
  return date === undefined ? '' : ` (since ${date.toISOString().slice(0, 10)})`;
}

/** A deadline that no day is, that has passed, or that comes before the target is there. */
export function checkDeadline(
  { spec }: { readonly spec: Partial<PolicyWith<'deadline' | 'target'>['spec']> },
  calendar: SupportCalendar | undefined,
  now: Date | undefined,
  report: Report,
): void {
  const { deadline, target } = spec;
  if (deadline === undefined) return;
  const path = ['spec', 'deadline'];
  // Before the end of support: nobody knows offline what the clusters run.
  if (typeof deadline !== 'string') return;
  const at = dayOrInstant(deadline);
  if (at === undefined) {
    report('error', path, `"${deadline}" is no day or time of the calendar.`);
  } else if (now !== undefined && at <= now) {
    const message = `${deadline} has passed, so no plan can meet it. Choose a later day, or remove the deadline.`;
    report('warning', path, message);
  } else if (now !== undefined && calendar !== undefined && typeof target === 'string' && isTargetMinor(target)) {
    const { releaseDate } = calendar.supportStatus(KubeVersion.parse(target), now);
    if (releaseDate === undefined || releaseDate < at) return;
    const message = `EKS offers ${target} from ${releaseDate.toISOString().slice(0, 10)} on, so no plan can meet ${deadline}. Choose a later day, or an older target.`;
    report('warning', path, message);
  }
}
