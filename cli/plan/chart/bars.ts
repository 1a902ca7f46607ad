import type { PlanCluster, PlanWave } from '../../../core/plan/document/plan-schema.ts';

import { pastWords, runsPast } from '../runs-past.ts';

/** One bar of the chart: a cluster, or several that follow each other in the order of their wave. */
export interface Bar {
  readonly label: string;
  readonly title: string;
  readonly from: number;
  readonly to: number;
}

/** A wave with more clusters than this is drawn in so many bars, each standing for several. */
export const MOST_BARS = 40;

export function barsOf({ clusters }: PlanWave): Bar[] {
  const planned = clusters.filter((cluster): cluster is Dated => cluster.start !== null && cluster.end !== null);
  const size = Math.ceil(planned.length / MOST_BARS);
  if (size <= 1) return planned.map(barOf);
  const bars: Bar[] = [];
  for (let index = 0; index < planned.length; index += size)
    bars.push(barOfSeveral(planned.slice(index, index + size)));
  return bars;
}

type Dated = PlanCluster & { readonly start: string; readonly end: string };

const barOf = ({ name, from, hops, start, end, accountId, region, reasons }: Dated): Bar => ({
  label: name,
  title: `${name} (${accountId}, ${region}) ${[from, ...hops].join(' → ')}: ${start} to ${end}${runsPast({ reasons }) ? `. ${pastWords(reasons)}` : ''}`,
  from: Date.parse(start),
  to: Date.parse(end),
});

function barOfSeveral(clusters: readonly Dated[]): Bar {
  const from = clusters.reduce((least, { start }) => Math.min(least, Date.parse(start)), Number.POSITIVE_INFINITY);
  const to = clusters.reduce((most, { end }) => Math.max(most, Date.parse(end)), 0);
  const [first, last] = [clusters[0], clusters.at(-1)];
  return {
    label: clusters.length === 1 ? (first?.name ?? '') : `${clusters.length} clusters`,
    title: `${clusters.length} clusters, ${first?.name} (${first?.position}) to ${last?.name} (${last?.position}): ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`,
    from,
    to,
  };
}
