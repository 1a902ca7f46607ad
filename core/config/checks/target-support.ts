import { KubeVersion } from '../../version/kube-version.ts';
import type { SupportCalendar } from '../../version/support-calendar.ts';
import { isTargetMinor } from '../../version/target.ts';
import type { PolicyWith, Report } from './check.ts';

const path = ['spec', 'target'];

/** A target that EKS does not support, or not for standard money, is legal but seldom meant. */
export function checkTargetSupport(
  policy: PolicyWith<'target'>,
  calendar: SupportCalendar,
  now: Date | undefined,
  report: Report,
): void {
  const { target } = policy.spec;
  if (typeof target !== 'string' || !isTargetMinor(target)) return;
  const version = KubeVersion.parse(target);
  const oldest = calendar.versions()[0];
  const newest = calendar.versions().at(-1);
  if (oldest === undefined || newest === undefined) return;
  if (newest.isOlderThan(version)) {
    report(
      'warning',
      path,
      `EKS offers no ${version} as far as is known here (newest: ${newest}). Nothing moves until it does.`,
    );
    return;
  }
  if (version.isOlderThan(oldest)) {
    report('warning', path, `EKS no longer supports ${version} (oldest known here: ${oldest}). Choose a newer one.`);
    return;
  }
  if (now === undefined) return;
  const { state, endOfStandardSupport, endOfExtendedSupport } = calendar.supportStatus(version, now);
  if (state === 'unsupported') {
    report('warning', path, `EKS no longer supports ${version}${since(endOfExtendedSupport)}. Choose a newer one.`);
  } else if (state === 'extended') {
    report(
      'warning',
      path,
      `${version} is in extended support${since(endOfStandardSupport)}, which costs extra every day. Choose a newer one.`,
    );
  } else if (state === 'unknown') {
    report('warning', path, `EKS does not offer ${version} yet as far as is known here. Nothing moves until it does.`);
  }
}

function since(date: Date | undefined): string {
  return date === undefined ? '' : ` (since ${date.toISOString().slice(0, 10)})`;
}
