import type { PodObject } from '../../objects/pod-object.ts';
import { ageOf } from './age.ts';
import { ageColumn, type Column, column, nameColumn, wide } from './column.ts';

export const podColumns: readonly Column<PodObject>[] = [
  nameColumn,
  column('Ready', 'Containers that are ready, of all.', ({ spec, status }) => {
    const ready = status.containerStatuses?.filter((each) => each.ready).length ?? 0;
    return `${ready}/${spec.containers.length}`;
  }),
  column('Status', 'Its phase, or why it is not well.', ({ status }) => reasonOf(status)),
  column('Restarts', 'How often its containers were started again, and when last.', restarts),
  ageColumn,
  column('IP', 'Its address.', ({ status }) => status.podIP ?? '<none>', wide),
  column('Node', 'Where it runs.', ({ spec }) => spec.nodeName ?? '<none>', wide),
  column('Nominated Node', 'Where room is being made for it.', () => '<none>', wide),
  column('Readiness Gates', 'What else its readiness waits for.', () => '<none>', wide),
];

function reasonOf({ phase, containerStatuses = [] }: PodObject['status']): string {
  const waiting = containerStatuses.flatMap(({ state }) => ('waiting' in state ? [state.waiting.reason] : []));
  return waiting.at(-1) ?? phase;
}

function restarts({ status: { containerStatuses = [] } }: PodObject, now: number): string {
  const count = containerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
  const ends = containerStatuses.flatMap(({ lastState: { terminated } }) => terminated?.finishedAt ?? []).sort();
  const last = ends.at(-1);
  return last === undefined || count === 0 ? String(count) : `${count} (${ageOf(last, now)} ago)`;
}
