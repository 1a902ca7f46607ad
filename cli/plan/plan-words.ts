import { localText } from '../../core/calendar/local-text.ts';
import { timeZone } from '../../core/calendar/time-zone.ts';
import type { PlanCluster, PlanDocument } from '../../core/plan/document/plan-schema.ts';

/** Why a plan has no cluster to upgrade; undefined when it has one. */
export function nothingToDo({ waves, excluded }: PlanDocument): string | undefined {
  if (waves.some(({ clusters }) => clusters.length > 0)) return undefined;
  if (excluded.length === 0) return 'nothing is to do: the inventory has no clusters';
  const of = (...reasons: readonly string[]) => excluded.filter(({ reason }) => reasons.includes(reason)).length;
  const done = of('AtTarget', 'BeyondTarget');
  const behind = of('NodesBehind', 'AddonsBehind', 'ManualNodes');
  if (done === excluded.length) return 'nothing is to do: every cluster is at its target, or beyond it';
  if (done + behind === excluded.length)
    return `nothing is planned: every control plane is at its target, or beyond it, and nodes or add-ons of ${behind} of ${excluded.length} clusters are behind`;
  return `nothing is planned: ${done} of ${excluded.length} clusters are at their target or beyond it, the others are excluded for other reasons`;
}

/** The words as the beginning of a sentence, or as a sentence. */
export const asSentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

/** Dollars for people, always with cents: `$1,234.50`. */
export const dollars = (amount: number): string =>
  amount.toLocaleString('en-US', { style: 'currency', currency: 'USD' });

/** Whether a part of a cluster's upgrade is expected to end after its window has closed. */
export const runsPast = ({ reasons }: Pick<PlanCluster, 'reasons'>): boolean =>
  reasons.some(({ code }) => code === 'RunsPastWindow');

/** The parts that are expected to end later. */
export const pastWords = (reasons: PlanCluster['reasons']): string =>
  reasons.flatMap(({ code, message }) => (code === 'RunsPastWindow' ? [message] : [])).join(' ');

/** An instant in a time zone with its offset, `2026-11-24 22:00 +01:00`; `-` where there is none. */
export function zoneTime(at: string | null, zone: string | null): string {
  if (at === null) return '-';
  const known = timeZone(zone ?? 'UTC');
  if (known === undefined) return at;
  const text = localText(Date.parse(at), known);
  return `${text.slice(0, 16).replace('T', ' ')} ${text.slice(-6)}`;
}
