import { shortId } from '../../core/model/cluster-key.ts';
import { visible } from '../../core/model/visible.ts';
import { apart } from '../../core/model/words.ts';
import { resultOf } from '../../simulator/report/bucket.ts';
import type { ClusterReport, RunReport, TimeSpan, WaveReport } from '../../simulator/report/report-types.ts';
import { xmlText } from '../output/scan/xml-text.ts';
import { drawn, LEFT, rect, type Scale, scaleBetween, shortened, TOP, WIDTH } from '../plan/chart/time-axis.ts';

const ROW = 16;
const HEAD = 26;

/** The content of one band: a wave and its clusters, or the clusters without a wave. */
interface Band {
  readonly title: string;
  readonly wave: WaveReport | undefined;
  readonly clusters: readonly ClusterReport[];
}

/** Draws a run over its time: waves as bands with their openings, soaks, closed windows and freezes, and the steps of each cluster. */
export function runChart(report: RunReport): string {
  const scale = scaleBetween(
    Date.parse(report.startedAt),
    Math.max(Date.parse(report.endedAt), Date.parse(report.startedAt) + 60_000),
  );
  const nameOf = apart(report.clusters, ({ name }) => name, shortId);
  const parts: string[] = [];
  let y = TOP;
  for (const band of bandsOf(report)) {
    const height = HEAD + band.clusters.length * ROW + 8;
    parts.push(bandSvg(band, nameOf, scale, y, height - 2, report.endedAt));
    y += height;
  }
  return drawn(scale, 'Chart of the run', y + 10, parts);
}

function bandsOf({ rollouts, clusters }: RunReport): Band[] {
  const bands = rollouts.flatMap(({ id, waves }) =>
    waves.map((wave): Band => {
      const own = clusters.filter(({ place }) => place?.rollout === id && place.wave === wave.name);
      return { title: `${id}/${wave.name}: ${wave.status}`, wave, clusters: own };
    }),
  );
  const others = clusters.filter(({ place }) => place === undefined);
  return others.length === 0 ? bands : [...bands, { title: 'In no wave', wave: undefined, clusters: others }];
}

function bandSvg(
  { title, wave, clusters }: Band,
  nameOf: (cluster: ClusterReport) => string,
  scale: Scale,
  y: number,
  height: number,
  endedAt: string,
): string {
  const shaded = (spans: readonly TimeSpan[] = [], kind: string, top: number, high: number, words: string): string =>
    spans
      .map((span) => {
        const [from, to] = [scale.x(Date.parse(span.from)), scale.x(Date.parse(span.to))];
        const name = `${words}${span.from} to ${span.to}`;
        return `<g><title>${escaped(name)}</title>${rect(kind, from, top, Math.max(2, to - from), high)}</g>`;
      })
      .join('');
  const frozen = wave?.freezes.map((freeze) => shaded([freeze], 'frozen', y, height, `freeze ${freeze.what}, `)) ?? [];
  const rows = clusters.map((cluster, index) => {
    const top = y + HEAD + index * ROW;
    const steps = cluster.steps.map((step) => {
      const span = { from: step.startedAt, to: step.endedAt ?? endedAt };
      const words = `${step.hop} ${step.step}: ${step.status}, `;
      return shaded([span], `step ${step.status}`, top + 2, ROW - 4, words);
    });
    const label = `${shortened(nameOf(cluster))} · ${resultOf(cluster)}`;
    return `<text class="label" x="${LEFT - 8}" y="${top + 11}">${escaped(label)}</text>${steps.join('')}`;
  });
  return [
    `<g>${rect('band', 0, y, WIDTH, height)}`,
    shaded(wave?.closed, 'closed', y, height, 'windows closed, '),
    ...frozen,
    shaded(wave?.open, 'open', y + 20, 4, 'open, '),
    shaded(wave?.soaks, 'soak', y + 18, 8, 'soaks, '),
    `<text class="wave" x="8" y="${y + 14}">${escaped(title)}</text>`,
    ...rows,
    '</g>',
  ].join('\n');
}

/** Any text in a report may come from a cluster's tags or from an error message. */
export const escaped = (text: string): string => xmlText(visible(text));

export const RUN_STYLE = `
.open{fill:#57606a;background:#57606a}.step.done{fill:#2da44e;background:#2da44e}.step.failed{fill:#cf222e;background:#cf222e}
.step.blocked{fill:#bf8700;background:#bf8700}.step.parked{fill:#8250df;background:#8250df}.step.running{fill:#0969da;background:#0969da}
`;

const KEYS = [
  ...['done', 'failed', 'blocked', 'parked', 'running'].map((status) => [`step ${status}`, `step ${status}`] as const),
  ...([
    ['open', 'wave open'],
    ['soak', 'soak'],
    ['closed', 'windows closed'],
    ['ice', 'freeze'],
  ] as const),
];

export const RUN_LEGEND = `<p class="legend">${KEYS.map(([kind, words]) => `<span class="key ${kind}"></span> ${words}`).join(' ')}. Times on the axis are UTC, in virtual time.</p>`;
