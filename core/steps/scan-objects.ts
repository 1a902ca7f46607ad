import type { UpgradePolicySpec } from '../config/types.ts';
import type { StepInput } from '../contracts/step-input.ts';
import { bounded, type Reason, type StepResult } from '../contracts/step-result.ts';
import { scanWaivers } from '../policy/applied.ts';
import type { ClusterTarget } from '../ports/cluster-access.ts';
import type { Insight } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { shortId } from '../queries/find-cluster.ts';
import data from '../scan/data/coverage.json' with { type: 'json' };
import { type Gate, gateOf } from '../scan/fleet/gate.ts';
import { goOn, type Progress } from '../scan/fleet/go-on.ts';
import { saveReport } from '../scan/fleet/report-store.ts';
import { loadRun, saveRun } from '../scan/fleet/run-store.ts';
import { judgeAll } from '../scan/judge/judge.ts';
import { furtherOnes } from '../scan/live/keep.ts';
import type { LiveScanState } from '../scan/live/live-scan-state.ts';
import type { Change } from '../scan/reference/cluster-facts.ts';
import { buildReport } from '../scan/report/build-report.ts';
import type { Coverage, ScanReport } from '../scan/report/report-schema.ts';
import type { Waiver } from '../scan/report/waiver.ts';
import { observeInsights } from '../scan/telemetry/insights.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { StepContext, StepPorts } from './context.ts';

type ScanRules = UpgradePolicySpec['scan'];

/** Reads who writes which API version in the cluster, for as long as one invocation may; again and again until everything is read. */
export function scanObjects(
  ports: StepPorts & Pick<Ports, 'readers'>,
  context: StepContext,
  server: ClusterTarget,
  rules: ScanRules | undefined,
): Promise<Progress> {
  const { asker, clusterKey, target } = context;
  const order = { clusterKey, execution: asker.arn, target: target.toString(), server, skip: rules?.skip ?? [] };
  return goOn(ports, order);
}

interface WhatWasRead extends Extract<Progress, { ended: true }> {
  readonly insights: readonly Insight[];
  /** What the API server refused to the step itself, beside what the scan reads. */
  readonly refused: readonly Reason[];
}

/** Keeps the report of a scan that has read everything, and says what it means for the hop. */
export async function judgeScan(
  ports: StepPorts,
  context: StepContext,
  { run, state, insights, refused }: WhatWasRead,
  rules: ScanRules | undefined,
): Promise<Gate> {
  const { cluster, target } = context;
  const record = await context.record();
  const report = reportOfScan({
    state,
    insights,
    refused,
    changes: Object.values(state.facts.changes),
    subject: shortId(record),
    clusters: [record.name, shortId(record), record.arn],
    version: cluster.version,
    target,
    failOn: rules?.failOn ?? 'removed',
    waivers: await scanWaivers(ports.table),
  });
  const { scannedAt } = await saveReport(ports.table, run, report);
  await saveRun(ports.table, { ...run, scannedAt }, ports.clock.now());
  return gateOf(report);
}

/** Whoever follows a scan learns that it has ended, and why when there is no report. */
export async function endRun(ports: StepPorts, { execution }: StepInput, result: StepResult): Promise<void> {
  if (result.status === 'wait') return;
  const run = await loadRun(ports.table, execution.arn);
  if (run === undefined || run.data.status === 'ended') return;
  const reasons = bounded(result.reasons);
  await saveRun(ports.table, { ...run.data, status: 'ended', reasons }, ports.clock.now());
}

/** What was read of one cluster, and what it is judged for. */
interface ReadCluster {
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
function reportOfScan(read: ReadCluster): ScanReport {
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
