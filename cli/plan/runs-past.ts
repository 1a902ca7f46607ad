import type { PlanCluster } from '../../core/plan/document/plan-schema.ts';

/** Whether something of a cluster's upgrade is taken to end when its window has closed. */
export const runsPast = ({ reasons }: Pick<PlanCluster, 'reasons'>): boolean =>
  reasons.some(({ code }) => code === 'RunsPastWindow');

/** What of it does. */
export const pastWords = (reasons: PlanCluster['reasons']): string =>
  reasons.flatMap(({ code, message }) => (code === 'RunsPastWindow' ? [message] : [])).join(' ');
