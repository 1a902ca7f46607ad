import type { UndoEntry } from '../contracts/items/protocol.ts';

/** Of what is open in the journal of a cluster: alarms whose actions Liftlock silences now, and until when that ends by itself. */
export const openSilences = (open: readonly { readonly data: UndoEntry }[]) =>
  open.flatMap(({ data }) => {
    if (data.effect !== 'silence') return [];
    const { subject: rule, step, part, alarms, recordedAt: since, until, notes = [] } = data;
    return [{ rule, step, part, alarms, since, until, notes }];
  });
