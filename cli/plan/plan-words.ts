import type { PlanDocument } from '../../core/plan/document/plan-schema.ts';

/** What a plan says in which no cluster goes; undefined = one does. */
export function nothingToDo({ waves, excluded }: PlanDocument): string | undefined {
  if (waves.some(({ clusters }) => clusters.length > 0)) return undefined;
  if (excluded.length === 0) return 'nothing is to do: the inventory has no clusters';
  const done = excluded.filter(({ reason }) => reason === 'AtTarget' || reason === 'BeyondTarget').length;
  if (done === excluded.length) return 'nothing is to do: every cluster is at its target, or beyond it';
  return `nothing is planned: ${done} of ${excluded.length} clusters are at their target or beyond it, the others are excluded for other reasons`;
}

/** At the beginning of a sentence, or as one. */
export const asSentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
