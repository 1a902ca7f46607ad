import type { Reason } from '../../contracts/step-result.ts';
import type { Insight } from '../../ports/eks.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import data from '../data/coverage.json' with { type: 'json' };
import { judgeAll } from '../judge/judge.ts';
import { furtherOnes } from '../live/keep.ts';
import type { LiveScanState } from '../live/live-scan-state.ts';
import type { Change } from '../reference/cluster-facts.ts';
import { buildReport } from '../report/build-report.ts';
import type { Coverage, ScanReport } from '../report/report-schema.ts';
import type { Waiver } from '../report/waiver.ts';
import { observeInsights } from '../telemetry/insights.ts';

/** What was read of one cluster, and what it is judged for. */
export interface ReadCluster {
  readonly state: LiveScanState;
  readonly insights: readonly Insight[];
  /** What the API server refused when it was asked for its readiness, nodes, pods and workloads. */
  readonly refused: readonly Reason[];
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
  const { state, insights, refused, changes, target, failOn, subject, clusters, waivers } = read;
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
      ...state.coverage,
      ...(skipsInsights ? [] : [insightsRead(insights)]),
      ...refused.map(({ code, message }) => ({ ...NOT_ANSWERED, detail: `${code}: ${message}` })),
      ...furtherOnes(state, { forgiven: waivers.length > 0 }),
    ],
    waivers,
    data,
    scannedAt: new Date(state.startedAt),
  });
}

const NOT_ANSWERED = {
  what: 'readiness, nodes, pods and workloads',
  source: null,
  status: 'denied',
  count: 0,
} as const;

const insightsRead = (insights: readonly Insight[]): Coverage => ({
  what: 'upgrade insights of Amazon EKS',
  source: 'insight',
  status: 'read',
  detail: '',
  count: insights.length,
});
