import { visible } from '../../core/model/visible.ts';
import { counted } from '../../core/model/words.ts';
import type { PlanCluster, PlanDocument, PlanWave } from '../../core/plan/document/plan-schema.ts';
import type { Paint } from '../command/io.ts';
import { facts, listed, section, tableLines, tableSection } from '../output/print.ts';
import { readinessWords } from '../verbs/columns.ts';
import { dollars, nothingToDo, pastWords, runsPast, zoneTime } from './plan-words.ts';

/** The number of clusters of a wave in the list; `-o json` has the others. */
const MOST_CLUSTERS = 50;

/** A plan for people: the verdict, the waves in the time zones of their calendars, the clusters, and the excluded clusters with the reasons. */
export function planLines(plan: PlanDocument, paint: Paint): string[] {
  const clusters = plan.waves.reduce((sum, wave) => sum + wave.clusters.length, 0);
  const planned = plan.waves.flatMap((wave) => wave.clusters);
  const past = planned.filter(runsPast).length;
  const ends = planned.flatMap(({ end }) => end ?? []).sort((a, b) => Date.parse(b) - Date.parse(a));
  return [
    ...facts([
      ['Now', plan.now],
      ['Clusters', `${clusters} planned, ${plan.excluded.length} excluded`],
      ['Deadline', deadlineWords(plan)],
      ['Feasible', paint(plan.feasible ? 'green' : 'red', plan.feasible ? 'yes' : 'no')],
      plan.limitedBy !== null && ['Limited by', limitWords(plan.limitedBy)],
      ['Done', etaWords(plan)],
      past > 0 && ['Past windows', `${past} of ${clusters} clusters run past the closing of theirs; see RUNS PAST`],
      ends.length < clusters && ['Without an end', `${clusters - ends.length} of ${clusters} clusters${endsBy(ends)}`],
      ['Waiting costs', costWords(plan)],
      ...plan.waysBack.map((one) => ['Way back', wayBackWords(one)] as const),
      ['Hash', plan.binding ? plan.hash : `${plan.hash} (binds no approval)`],
    ]),
    ...listed('Never start', plan.stalled, ({ message }) => message),
    ...listed('Runs already', plan.running, ({ message }) => message),
    ...section('Waves', tableLines(WAVE_HEADERS, plan.waves.map(waveRow))),
    ...plan.waves.filter(({ clusters: own }) => own.length > 0).flatMap(clusterLines),
    ...excludedLines(plan),
    ...overdueLines(plan),
    ...listed('Assumed', plan.assumptions, (text) => text),
  ];
}

/** EKS can roll back the last hop of a cluster for seven days; this text tells how much of that a plan leaves. */
function wayBackWords({ policy, hops, cutShort, closedHours, shortest }: PlanDocument['waysBack'][number]): string {
  const whole = `policy ${policy}: ${cutShort === 0 ? (hops === 1 ? 'its hop' : `each of ${hops} hops`) : `${hops - cutShort} of ${counted(hops, 'hop')}`} for 7 days`;
  if (cutShort === 0) return visible(whole);
  const why = shortest.endedBy === 'nextHop' ? 'the next hop begins then' : 'EKS ends its support of the minor before';
  const said = `${shortest.name} to ${shortest.to} for the least time, ${shortest.hours} h: ${why}`;
  return visible(`${whole}, and ${closedHours} h less together; ${said}`);
}

const endsBy = ([last]: readonly string[]): string => (last === undefined ? '' : `; the others are done by ${last}`);

const WAVE_HEADERS = [
  'WAVE',
  'CLUSTERS',
  'TARGET',
  'OPENS',
  'STARTS',
  'ENDS',
  'SOAKS UNTIL',
  'AT ONCE',
  'MAY FAIL',
  'AT WORST',
];

function waveRow(wave: PlanWave): string[] {
  const at = (instant: string | null): string => zoneTime(instant, wave.timeZone);
  const none = wave.clusters.length === 0;
  return [
    `${wave.policy}/${wave.name}`,
    none ? 'none' : String(wave.clusters.length),
    wave.target ?? '-',
    at(wave.opensAt),
    at(wave.startsAt),
    at(wave.endsAt),
    at(wave.soakUntil),
    String(wave.maxConcurrency),
    String(wave.maxFailures),
    none ? '-' : `${wave.worstCase} of ${wave.clusters.length} fail`,
  ];
}

function clusterLines(wave: PlanWave): string[] {
  const past = wave.clusters.filter(runsPast).length;
  const rows = wave.clusters
    .slice(0, MOST_CLUSTERS)
    .map(({ position, name, accountId, region, from, hops, readiness, start, end, reasons }) => [
      String(position),
      name,
      accountId,
      region,
      [from, ...hops].join(' → '),
      readinessWords(readiness),
      zoneTime(start, wave.timeZone),
      zoneTime(end, wave.timeZone),
      visible(waitWords(reasons)),
      ...(past === 0 ? [] : [visible(pastWords(reasons))]),
    ]);
  const headers = [
    '#',
    'NAME',
    'ACCOUNT',
    'REGION',
    'HOPS',
    'READINESS',
    'STARTS',
    'ENDS',
    'WAITS FOR',
    ...(past === 0 ? [] : ['RUNS PAST']),
  ];
  const title = `Wave ${wave.policy}/${wave.name} (${wave.timeZone ?? 'UTC'})`;
  return [...section(title, tableLines(headers, rows)), ...more(wave.clusters.length)];
}

/** The reason for the wave is clear from the layout, and a run past a window has its own column. */
const waitWords = (reasons: PlanCluster['reasons']): string =>
  reasons
    .filter(({ code }) => code !== 'Wave' && code !== 'WaveTag' && code !== 'RunsPastWindow')
    .map(({ message }, index, { length }) => (message.endsWith('.') || index + 1 === length ? message : `${message};`))
    .join(' ');

const more = (count: number): string[] =>
  count > MOST_CLUSTERS ? [`… and ${count - MOST_CLUSTERS} more; -o json lists all.`] : [];

/** The earliest deadline, with its source. */
export function deadlineWords({ deadlines, deadline }: PlanDocument): string {
  const first = deadlines.find(({ at }) => at === deadline) ?? deadlines[0];
  if (first === undefined) return 'none';
  return visible(`${deadline ?? noDeadline(first)} (policy ${first.policy}: ${first.source})`);
}

const noDeadline = ({ overdue }: PlanDocument['deadlines'][number]): string =>
  overdue.length > 0 ? 'the support of every cluster is over' : 'none for now';

const limitWords = ({ kind, name, change }: NonNullable<PlanDocument['limitedBy']>): string =>
  visible(`${kind}${name === null ? '' : ` ${name}`}: ${change}`);

function etaWords(plan: PlanDocument): string {
  const { eta, waves } = plan;
  const nothing = nothingToDo(plan);
  if (nothing !== undefined) return nothing;
  const ends = waves.filter(({ clusters }) => clusters.length > 0).map(({ endsAt }) => endsAt);
  const [planned] = ends.includes(null)
    ? []
    : ends.flatMap((end) => end ?? []).sort((a, b) => Date.parse(b) - Date.parse(a));
  const halts = eta.unfinished > 0 ? `; ${eta.unfinished} of ${eta.runs} runs do not end` : '';
  return `planned ${planned ?? 'never'}; by chance half by ${eta.p50 ?? 'never'}, nine of ten by ${eta.p90 ?? 'never'}${halts}`;
}

const costWords = ({ costOfWaiting: { perDayNow, untilDone, avoided } }: PlanDocument): string =>
  `${dollars(perDayNow)} a day now, ${dollars(untilDone)} until all is done; the plan avoids ${dollars(avoided)}`;

function excludedLines({ excluded }: PlanDocument): string[] {
  const rows = excluded.map((one) => [one.name, one.accountId, one.region, one.reason, visible(one.message)]);
  return firstRows('Excluded', ['NAME', 'ACCOUNT', 'REGION', 'REASON', 'MESSAGE'], rows);
}

function overdueLines({ deadlines }: PlanDocument): string[] {
  const rows = deadlines.flatMap(({ policy, overdue }) =>
    overdue.map(({ name, accountId, region, at }) => [name, accountId, region, policy, at]),
  );
  return firstRows('Overdue', ['NAME', 'ACCOUNT', 'REGION', 'POLICY', 'SINCE'], rows);
}

function firstRows(heading: string, headers: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [...tableSection(heading, headers, rows.slice(0, MOST_CLUSTERS)), ...more(rows.length)];
}
