import { KubeVersion } from '../../core/version/kube-version.ts';
import type { FakeEksState } from '../eks/state/fake-eks-state.ts';
import { calendarRow } from '../eks/support-calendar.ts';
import type { SupportCalendarRow } from '../eks/support-calendar-data.ts';
import type { DumpOf } from './dump-schema.ts';

/** A minor as printed by describe-cluster-versions: it replaces the built-in one, or is added. */
export function importClusterVersion(state: FakeEksState, dump: DumpOf<'clusterVersion'>): void {
  const minor = dump.clusterVersion;
  const known = calendarRow(state.supportCalendar, minor);
  addRow(state, {
    minor,
    releaseDate: dayOf(dump.releaseDate),
    endOfStandardSupport: dayOf(dump.endOfStandardSupportDate),
    endOfExtendedSupport: dayOf(dump.endOfExtendedSupportDate),
    patch: dump.kubernetesPatchVersion ?? known?.patch ?? `${minor}.0`,
    build: known?.build ?? '0000000',
    platformVersion: dump.defaultPlatformVersion ?? known?.platformVersion ?? 'eks.1',
  });
}

/**
 * EKS has every minor of a cluster, and every one before it. For minors that are newer than the calendar the dates follow EKS's rule of 14 months of
 * standard and 12 of extended support, as if they were new; for older ones they are not known. Returns the assumption.
 */
export function knowVersion(state: FakeEksState, minor: string): string | undefined {
  if (calendarRow(state.supportCalendar, minor) !== undefined) return undefined;
  const dumps = 'aws eks describe-cluster-versions prints its dates';
  const version = KubeVersion.parse(minor);
  const newest = KubeVersion.parse(state.supportCalendar.at(-1)?.minor ?? minor);
  if (version.isOlderThan(newest))
    return `version ${minor} is not in the support calendar; AWS does not upgrade it by force here (${dumps}).`;
  for (const each of newest.hopsTo(version)) {
    addRow(state, {
      minor: each.toString(),
      releaseDate: dayOf(state.now),
      endOfStandardSupport: monthsAfter(state.now, 14),
      endOfExtendedSupport: monthsAfter(state.now, 26),
      patch: `${each}.0`,
      build: '0000000',
      platformVersion: 'eks.1',
    });
  }
  return `version ${minor} is newer than the built-in calendar; EKS is taken to offer it, as new (${dumps}).`;
}

function addRow(state: FakeEksState, row: SupportCalendarRow): void {
  const others = state.supportCalendar.filter(({ minor }) => minor !== row.minor);
  state.supportCalendar = [...others, row].sort((a, b) =>
    KubeVersion.parse(a.minor).compare(KubeVersion.parse(b.minor)),
  );
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

function monthsAfter(at: number, months: number): string {
  const date = new Date(at);
  return dayOf(date.setUTCMonth(date.getUTCMonth() + months));
}
