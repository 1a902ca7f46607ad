import type { SilenceEntry, UndoEntry } from '../contracts/items/protocol.ts';

/** The silences among the open entries of a cluster's journal: the alarms whose actions Liftlock silences now, and when each silence ends by itself. */
export const openSilences = (open: readonly { readonly data: UndoEntry }[]) =>
  open.flatMap(({ data }) => {
    if (data.effect !== 'silence') return [];
    const { subject: rule, step, part, alarms, recordedAt: since, until, notes = [] } = data;
    return [{ rule, step, part, alarms, since, until, notes }];
  });

/** What rang during silences that are over, as it was told when they were lifted. The journal keeps that for 30 days. */
export const rangSilently = (silences: readonly SilenceEntry[]) =>
  silences.flatMap(({ upgradeId, step, part, closed, notes = [] }) => {
    const rang = notes.filter(({ code }) => code === 'SilencedAlarmRings');
    return closed === undefined || rang.length === 0
      ? []
      : [{ upgradeId, step, part, liftedAt: closed.at, notes: rang }];
  });
