import type { Wave } from '../config/types.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import type { ClusterTags } from './cluster-tags.ts';

export interface ClusterCalendars {
  /** All must be open; none = always open. */
  readonly names: readonly string[];
  /** Where they come from, with codes `WaveCalendar` and `CalendarTag`; `BadTag` and `NoCalendar` mean closed until corrected. */
  readonly reasons: readonly Reason[];
}

/**
 * The calendars that hold for a cluster: those of its wave, and those that its tag adds; a tag never takes one away (semantics.md,
 * Cluster tags).
 *
 * @param applied names of the Calendars in force; absent = not looked at
 */
export function calendarNamesOf(
  wave: Pick<Wave, 'name' | 'calendar'>,
  tags: Pick<ClusterTags, 'calendars'>,
  applied?: { has(name: string): boolean },
): ClusterCalendars {
  const own = [wave.calendar ?? []].flat();
  const added = tags.calendars.filter((name) => !own.includes(name));
  const names = [...new Set([...own, ...added])];
  const reasons: Reason[] = [];
  if (own.length > 0) reasons.push(reason('WaveCalendar', `The wave ${wave.name} goes by ${own.join(' and ')}.`));
  if (added.length > 0) {
    const also = own.length > 0 ? ', and both must be open' : '; no other calendar holds for it';
    reasons.push(reason('CalendarTag', `The cluster's tag adds ${added.join(' and ')}${also}.`));
  }
  for (const name of names) {
    if (applied === undefined || applied.has(name)) continue;
    const message = `There is no Calendar "${name}", so nothing may start. Apply it, or correct the name.`;
    reasons.push(
      added.includes(name)
        ? reason('BadTag', `The cluster's tag asks for a calendar that is not there. ${message}`)
        : reason('NoCalendar', message),
    );
  }
  return { names, reasons };
}
