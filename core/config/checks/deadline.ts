import { KubeVersion } from '../../version/kube-version.ts';
import type { SupportCalendar } from '../../version/support-calendar.ts';
import { isTargetMinor } from '../../version/target.ts';
import { dayOrInstant } from '../day-or-instant.ts';
import type { PolicyWith, Report } from './check.ts';

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
