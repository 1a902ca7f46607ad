import type { Insight } from '../../ports/eks.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import data from '../data/coverage.json' with { type: 'json' };
import { judgeAll } from '../judge/judge.ts';
import type { LiveScanState } from '../live/live-scan-state.ts';
import { buildReport } from '../report/build-report.ts';
import type { Coverage, ScanReport } from '../report/report-schema.ts';
import type { Waiver } from '../report/waiver.ts';
import { type Change, observeInsights } from '../telemetry/insights.ts';

/** What was read of one cluster, and what it is judged for. */
export interface ReadCluster {
  readonly state: LiveScanState;
  readonly insights: readonly Insight[];
  /** Who has changed what since, for insights that outlive what they tell of. */
  readonly changes: readonly Change[];
  readonly subject: string;
  /** Every name that the cluster goes by. */
  readonly clusters: readonly string[];
  /** As EKS says. */
  readonly version: string;
  readonly target: KubeVersion;
  readonly failOn: ScanReport['failOn'];
  readonly waivers: readonly Waiver[];
}

/** The report of a scan that the controller made: what the API server gave, and what EKS itself has seen. */
export function reportOfScan(read: ReadCluster): ScanReport {
  const { state, insights, changes, target, failOn, subject, clusters, waivers } = read;
  const from = KubeVersion.parse(read.version);
  const skipsInsights = state.skip.includes('insight');
  const observed = skipsInsights ? [] : observeInsights(insights, changes);
  return buildReport({
    subject,
    clusters,
    from: from.toString(),
    target: target.toString(),
    failOn,
    findings: judgeAll([...state.observations, ...observed], { target, from }),
    coverage: [
      ...state.coverage.map((entry) => withoutSecrets(entry, state)),
      ...(skipsInsights ? [] : [insightsRead(insights)]),
      ...leftOut(state),
    ],
    waivers,
    data,
    scannedAt: new Date(state.startedAt),
  });
}

/** Whoever leaves Helm out may not read Secrets: then their metadata, which tells of writers, is left out with it. */
function withoutSecrets(entry: Coverage, { skip }: LiveScanState): Coverage {
  if (!skip.includes('helm') || entry.what !== 'secrets' || entry.status !== 'denied') return entry;
  return { ...entry, status: 'skipped', detail: 'Left out with the source helm: they may not be read.' };
}

const insightsRead = (insights: readonly Insight[]): Coverage => ({
  what: 'upgrade insights of Amazon EKS',
  source: 'insight',
  status: 'read',
  detail: '',
  count: insights.length,
});

function leftOut({ leftOut: count }: LiveScanState): Coverage[] {
  if (count === 0) return [];
  const detail = `${count} further problems are left out: there are too many to keep. Repair the first ones and scan again.`;
  return [{ what: 'further problems', source: null, status: 'skipped', detail, count }];
}
