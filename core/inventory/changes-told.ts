import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { ClusterItem } from '../ports/outside.ts';

type Changes = Pick<ClusterRecord, 'plannedChanges' | 'changesTold'>;

/**
 * The planned changes that are still to come, including the one just announced, and what was told of them last; undefined = none. Queues deliver
 * messages again, late and in any order: one that is older than what was told since only adds parts of which nothing was heard.
 */
export function changesAfter(
  known: Changes | undefined,
  { planned, now }: { readonly planned?: ClusterItem['planned']; readonly now: Date },
): { readonly [Field in keyof Required<Changes>]: Changes[Field] } {
  const changes = byEvent(known?.plannedChanges);
  const told = byEvent(known?.changesTold);
  if (planned !== undefined) {
    const { resolved, over, toldAt, affectedEntities: named = [], ...change } = planned;
    const { event } = change;
    const last = told.get(event);
    const through = new Set(last?.through);
    const isLate = toldAt !== undefined && last !== undefined && toldAt < last.toldAt;
    const said = isLate
      ? { over: last.over === true, resolved: [], named: over ? [] : named.filter((entity) => !through.has(entity)) }
      : { over, resolved, named };
    // AWS Health sends the affected parts in pages, so a page that lists resolved parts says nothing about those of other pages.
    const entities = [...(changes.get(event)?.affectedEntities ?? []), ...said.named];
    const affectedEntities = [...new Set(entities)].filter((entity) => !said.resolved.includes(entity));
    if (said.over || affectedEntities.length === 0) changes.delete(event);
    else changes.set(event, { ...change, at: isLate ? last.at : change.at, affectedEntities });
    if (toldAt !== undefined && !isLate) {
      const ended = [...through, ...resolved].filter((entity) => !named.includes(entity));
      const parts = ended.length === 0 ? {} : { through: [...new Set(ended)] };
      told.set(event, { event, at: change.at, toldAt, ...(over ? { over } : parts) });
    }
  }
  return { plannedChanges: toCome(changes, now), changesTold: toCome(told, now) };
}

const byEvent = <Entry extends { readonly event: string }>(entries: readonly Entry[] = []) =>
  new Map(entries.map((entry) => [entry.event, entry]));

function toCome<Entry extends { readonly at: string }>(entries: ReadonlyMap<string, Entry>, now: Date) {
  const next = [...entries.values()].filter(({ at }) => at > now.toISOString()).sort((a, b) => (a.at < b.at ? -1 : 1));
  return next.length === 0 ? undefined : next;
}
