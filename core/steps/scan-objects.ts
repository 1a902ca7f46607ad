import type { UpgradePolicySpec } from '../config/types.ts';
import type { StepInput } from '../contracts/step-input.ts';
import { bounded, type Reason, type StepResult } from '../contracts/step-result.ts';
import { scanWaivers } from '../policy/applied.ts';
import type { ClusterTarget } from '../ports/cluster-access.ts';
import type { Insight } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { shortId } from '../queries/find-cluster.ts';
import { type Gate, gateOf } from '../scan/fleet/gate.ts';
import { goOn, type Progress } from '../scan/fleet/go-on.ts';
import { reportOfScan } from '../scan/fleet/report-of-scan.ts';
import { saveReport } from '../scan/fleet/report-store.ts';
import { loadRun, saveRun } from '../scan/fleet/run-store.ts';
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
