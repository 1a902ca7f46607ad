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
import { buildReport } from '../scan/report/build-report.ts';
import { insightsCoverage, observeInsights } from '../scan/telemetry/insights.ts';
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

/** Keeps the report of a scan that has read everything, with what EKS itself has seen, and says what it means for the hop. */
export async function judgeScan(
  ports: StepPorts,
  context: StepContext,
  { run, state, insights, refused }: WhatWasRead,
  rules: ScanRules | undefined,
): Promise<Gate> {
  const { target } = context;
  const record = await context.record();
  const waivers = await scanWaivers(ports.table);
  const from = KubeVersion.parse(context.cluster.version);
  const skipsInsights = state.skip.includes('insight');
  const observed = skipsInsights ? [] : observeInsights(insights, Object.values(state.facts.changes));
  const report = buildReport({
    subject: shortId(record),
    clusters: [record.name, shortId(record), record.arn],
    from: from.toString(),
    target: target.toString(),
    failOn: rules?.failOn ?? 'removed',
    findings: judgeAll([...state.observations, ...observed], { target, from }),
    coverage: [
      ...state.coverage,
      ...(skipsInsights ? [] : [insightsCoverage('read', insights.length)]),
      ...refused.map(({ code, message }) => ({ ...NOT_ANSWERED, detail: `${code}: ${message}` })),
      ...furtherOnes(state, { forgiven: waivers.length > 0 }),
    ],
    waivers,
    data,
    scannedAt: new Date(state.startedAt),
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

const NOT_ANSWERED = {
  what: 'readiness, nodes, pods and workloads',
  source: null,
  status: 'denied',
  count: 0,
} as const;
