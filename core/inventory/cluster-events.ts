import { z } from 'zod';
import type { ClusterItem } from '../ports/outside.ts';

const calledEvent = z.object({
  account: z.string(),
  region: z.string(),
  detail: z.object({
    eventName: z.string(),
    errorCode: z.string().optional(),
    requestParameters: z.object({ name: z.string().optional(), clusterName: z.string().optional() }).nullish(),
  }),
});

const healthEvent = z.object({
  account: z.string(),
  region: z.string(),
  detail: z.object({ affectedEntities: z.array(z.object({ entityValue: z.string() })).default([]) }),
});

/** The clusters that a forwarded CloudTrail or Health event is about; none when it names none. Such events only make us look sooner. */
export function clusterItemsFromEvent(event: unknown): ClusterItem[] {
  const called = calledEvent.safeParse(event);
  if (called.success) {
    const { account, region, detail } = called.data;
    const name = detail.requestParameters?.clusterName ?? detail.requestParameters?.name;
    return name === undefined || detail.errorCode !== undefined ? [] : [{ account, region, name, depth: 'deep' }];
  }
  const health = healthEvent.safeParse(event);
  if (!health.success) return [];
  const { account, region, detail } = health.data;
  return detail.affectedEntities.flatMap(({ entityValue }) => {
    const name = entityValue.split('/').at(-1);
    return name === undefined || name === '' ? [] : [{ account, region, name, depth: 'shallow' as const }];
  });
}
