import type { UpgradePolicySpec } from '../config/types.ts';
import type { ScanRun, ScanSummary } from '../contracts/items/scan.ts';
import type { StepInput } from '../contracts/step-input.ts';
import { bounded, type StepResult } from '../contracts/step-result.ts';
import { allowsWaiver } from '../policy/allowed-waivers.ts';
import { scanWaivers } from '../policy/applied.ts';
import type { Insight } from '../ports/eks.ts';
import { shortId } from '../queries/find-cluster.ts';
import data from '../scan/data/coverage.json' with { type: 'json' };
import { drainCoverage, observeDrains } from '../scan/drain/observe-drains.ts';
import { endTogether } from '../scan/drain/without-surge.ts';
import { saveReport } from '../scan/fleet/report-store.ts';
import { loadRun, saveRun } from '../scan/fleet/run-store.ts';
import { judgeAll } from '../scan/judge/judge.ts';
import type { Observation, Problem, SkewObservation } from '../scan/judge/observation.ts';
import { coverageOf } from '../scan/live/keep.ts';
import type { LiveScanState } from '../scan/live/live-scan-state.ts';
import { isOfRoll, observePreflight } from '../scan/preflight/checks.ts';
import type { PreflightFacts } from '../scan/preflight/preflight-check.ts';
import { buildReport } from '../scan/report/build-report.ts';
import type { Coverage, ScanReport } from '../scan/report/report-schema.ts';
import { insightsCoverage, observeInsights } from '../scan/telemetry/insights.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { StepContext, StepPorts } from './context.ts';
import { loadHopPolicy } from './hop-policy.ts';
import { nodesMayWait } from './nodes-later.ts';

/** Everything that a scan has read. */
export interface WhatWasRead {
  readonly facts: PreflightFacts;
  readonly coverage: readonly Coverage[];
  /** Undefined where nobody asks for them any more. */
  readonly insights: readonly Insight[] | undefined;
  /** The objects of the cluster; undefined where the API server is not asked. */
  readonly state: LiveScanState | undefined;
  readonly rules: UpgradePolicySpec['scan'] | undefined;
}

/** Judges what was read for the hop, or for all hops to a target further ahead. */
export async function reportOf(ports: StepPorts, context: StepContext, read: WhatWasRead): Promise<ScanReport> {
  const { facts, insights, state, rules } = read;
  const { target } = context;
  const record = await context.record();
  const waivers = await scanWaivers(ports.table);
  const from = versionBefore(facts);
  const observed = observeInsights(insights ?? [], Object.values(state?.facts.changes ?? {}), ports.clock.now());
  const preflight = observePreflight(facts);
  const observations = [
    ...(state?.observations ?? []),
    ...observed,
    ...preflight.filter((one) => !isOfRoll(one)),
    ...(await findingsOfRolls(ports, context, facts, state, preflight.filter(isOfRoll))),
  ];
  const insightsRead = insights !== undefined;
  return buildReport({
    subject: shortId(record),
    clusters: [record.name, shortId(record), record.arn],
    from: from.toString(),
    target: target.toString(),
    failOn: rules?.failOn ?? 'removed',
    findings: judgeAll(observations, {
      target,
      from,
      insightsRead,
      isUpgrade: true,
      brings: (one) => isBrought(one, facts),
    }),
    coverage: [
      ...read.coverage,
      ...(insights === undefined ? [] : [insightsCoverage('read', insights.length)]),
      ...(state === undefined ? [] : [...coverageOf(state, { forgiven: waivers.length > 0 }), ...drainCoverage(state)]),
    ],
    waivers,
    allows: (waiver, finding) => allowsWaiver(rules, waiver, finding),
    data,
    scannedAt: state === undefined ? context.startedAt : new Date(state.startedAt),
  });
}

/** An upgrade whose control plane has moved is still in its hop; a person who scans at the target asks about no hop. */
function versionBefore({ cluster, hasMoved, isHop }: PreflightFacts): KubeVersion {
  const version = KubeVersion.parse(cluster.version);
  return hasMoved && isHop ? KubeVersion.parse(`${version.major}.${version.minor - 1}`) : version;
}

/** Whether each hop brings it up to date: the add-on kube-proxy, and a managed node group whose image EKS chooses. */
const isBrought = ({ component, nodegroup }: SkewObservation, { nodegroups, addons }: PreflightFacts): boolean =>
  component === 'kube-proxy'
    ? addons.some(({ addon }) => addon.addonName === component)
    : nodegroups.some(({ nodegroupName, amiType }) => nodegroupName === nodegroup && amiType !== 'CUSTOM');

/** What the rolls of this hop meet; where its nodes stay as they are, what stops them stops a later hop, and is only told. */
async function findingsOfRolls(
  ports: StepPorts,
  context: StepContext,
  facts: PreflightFacts,
  state: LiveScanState | undefined,
  ofRolls: readonly Observation[],
): Promise<Observation[]> {
  const question = {
    rolls: (group: string) => isRolled(group, facts),
    withoutSurge: endTogether(facts.nodegroups),
    now: ports.clock.now(),
  };
  const found = [...observeDrains(state?.facts.drain, question), ...ofRolls];
  const isStuck = (one: Observation): one is Problem => one.type === 'problem' && one.severity === 'error';
  if (context.grant === undefined || !found.some(isStuck)) return found;
  const groups = facts.nodegroups.map(({ nodegroupName: name, version }) => ({ name, version }));
  if (!nodesMayWait(await loadHopPolicy(ports, context), context.target, groups)) return found;
  const why = 'The nodes stay as they are in this hop (rollNodes: whenSkewRequires).';
  return found.map((one) => (isStuck(one) ? { ...one, severity: 'warning', evidence: [...one.evidence, why] } : one));
}

/** Whether EKS rolls the group when it is asked to: one with an AMI of its own needs a launch template first. */
const isRolled = (name: string, { nodegroups }: PreflightFacts): boolean =>
  nodegroups.some(({ nodegroupName, amiType }) => nodegroupName === name && amiType !== 'CUSTOM');

/** Keeps the report, and tells whoever follows the scan where it is. */
export async function keepReport(ports: StepPorts, context: StepContext, report: ScanReport): Promise<ScanSummary> {
  const { asker, clusterKey, target } = context;
  const begun: ScanRun = {
    ...{ clusterKey, execution: asker.arn, target: target.toString(), startedAt: context.startedAt.toISOString() },
    ...{ status: 'running', read: 0, left: 0, resumed: 0, reasons: [] },
  };
  const run = (await loadRun(ports.table, asker.arn))?.data ?? begun;
  const summary = await saveReport(ports.table, run, report, ports.clock.now());
  await saveRun(ports.table, { ...run, scannedAt: summary.scannedAt }, ports.clock.now());
  return summary;
}

/** Whoever follows a scan learns that it has ended, and why when there is no report. */
export async function endRun(ports: StepPorts, { execution }: StepInput, result: StepResult): Promise<void> {
  if (result.status === 'wait') return;
  const run = await loadRun(ports.table, execution.arn);
  if (run === undefined || run.data.status === 'ended') return;
  const reasons = bounded(result.reasons);
  await saveRun(ports.table, { ...run.data, status: 'ended', reasons }, ports.clock.now());
}
