import { closedSpans, frozenSpans } from '../../core/calendar/closed-spans.ts';
import type { CompiledCalendar } from '../../core/calendar/compile-calendar.ts';
import { WAVE_STATUSES, type Wave } from '../../core/contracts/items/rollout.ts';
import type { AuditItem } from '../../core/ports/table.ts';
import type { TimeSpan, WaveReport } from './report-types.ts';

/** When a wave was open and when it soaked, from the audit, and when its calendars let nothing begin. */
export function waveSpans(
  wave: Wave,
  audit: readonly AuditItem[],
  calendars: ReadonlyMap<string, CompiledCalendar>,
  within: { readonly from: number; readonly to: number },
): Pick<WaveReport, 'open' | 'soaks' | 'closed' | 'freezes'> {
  const statuses = audit.filter(({ event, detail }) => STATUSES.has(event) && detail.wave === wave.name);
  const spansOf = (wanted: string): TimeSpan[] =>
    statuses.flatMap(({ event, at }, index) => {
      if (event !== wanted) return [];
      return [{ from: at, to: statuses[index + 1]?.at ?? instant(within.to) }];
    });
  const own = (wave.calendars ?? []).flatMap((name) => calendars.get(name) ?? []);
  return {
    open: spansOf('WaveOpen'),
    soaks: spansOf('WaveSoaking'),
    closed: (closedSpans(own, within) ?? []).map(({ from, to }) => ({ from: instant(from), to: instant(to) })),
    freezes: frozenSpans(own, within).map(({ from, to, freeze, reason }) => {
      return { from: instant(from), to: instant(to), what: reason === undefined ? freeze : `${freeze}: ${reason}` };
    }),
  };
}

/** The events of a wave's new status; approvals and limits are others. */
const STATUSES: ReadonlySet<string> = new Set(WAVE_STATUSES.map((status) => `Wave${status}`));

const instant = (at: number): string => new Date(at).toISOString();
