import type { Condition } from '../contracts/items/common.ts';

/** What a condition says now, before it is known since when. */
export type Judged = Omit<Condition, 'lastTransitionTime'>;

export const says = (type: string, status: boolean | 'Unknown', reason: string, message: string): Judged => ({
  type,
  status: status === 'Unknown' ? status : status ? 'True' : 'False',
  reason,
  message,
});

/** As in Kubernetes: the time moves when the status does; another reason or message is no transition. */
export function since(before: readonly Condition[] | undefined, judged: readonly Judged[], at: Date): Condition[] {
  return judged.map((one) => {
    const old = before?.find(({ type }) => type === one.type);
    const lastTransitionTime = old?.status === one.status ? old.lastTransitionTime : at.toISOString();
    return { ...one, lastTransitionTime };
  });
}
