import type { StepInput } from '../contracts/step-input.ts';
import { blocked, done, type Reason, reason, type StepResult } from '../contracts/step-result.ts';
import { issueTexts } from '../model/issue-text.ts';
import { policyForUpgrade } from '../policy/policy-of.ts';
import type { Node } from '../ports/cluster-access.ts';
import type { Insight, Nodegroup } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { hopRefusals } from '../protocol/grant-decision.ts';
import { judgeInsights } from '../readiness/insights.ts';
import { unavailable, unhealthyPods } from '../readiness/workload-health.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { checkHop, type SkewedComponent } from '../version/skew.ts';
import { blockingHealth } from './cluster-health.ts';
import { accessReason, clusterTarget, isAccessError } from './cluster-target.ts';
import type { StepContext, StepPorts } from './context.ts';
import { foreignStop, isPassing } from './foreign-stop.ts';
import { foreignReason, updatesInFlight } from './foreign-updates.ts';
import { amiProblem } from './node-group-ami.ts';
import { takeBaseline } from './pod-baseline.ts';
import { lostCluster } from './read-control-plane.ts';
import { refreshInsights } from './refresh-insights.ts';
import { runStep, type StepOutcome } from './run-step.ts';

const STEP = 'scan-cluster';
export type ScanPorts = StepPorts & Pick<Ports, 'clusters'>;

/**
 * What would break if this cluster went one minor up? Blockers end it `blocked`; what could not be read is a blocker too. Changes nothing
 * (a refresh of the insights is no mutation), so it runs by hand in observe mode as well.
 */
export function scanCluster(ports: ScanPorts, stepInput: StepInput): Promise<StepResult> {
  return runStep(ports, stepInput, 'read', STEP, scan);
}

interface Findings {
  readonly blockers: Reason[];
  readonly notes: Reason[];
}

async function scan(ports: ScanPorts, context: StepContext): Promise<StepOutcome> {
  const { cluster, name, target } = context;
  const updates = await updatesInFlight(ports, context, { name });
  if (updates.foreign.length > 0) {
    return {
      step: STEP,
      result: foreignStop(ports, context, foreignReason(`the control plane of ${name}`, updates.foreign)),
    };
  }
  const findings: Findings = { blockers: [], notes: [] };
  const lost = lostCluster(cluster);
  if (lost !== undefined) findings.blockers.push(lost);
  const resumed = KubeVersion.parse(cluster.version).equals(target);
  if (resumed) findings.notes.push(reason('AtTarget', `The control plane of ${name} is at ${target} already.`));
  else {
    findings.blockers.push(
      ...hopRefusals(cluster.version, target),
      ...(await notOffered(ports, context)),
      ...blockingHealth(cluster),
    );
    if (findings.blockers.length > 0) return { step: STEP, result: blocked(...findings.blockers) };
    const waiting = await refreshInsights(ports, context);
    if (waiting.status === 'wait') return { step: STEP, result: waiting };
    findings.notes.push(...waiting.reasons);
    const verdict = judgeInsights(await readInsights(ports, context), target, ports.clock.now());
    findings.blockers.push(...verdict.blockers);
    findings.notes.push(...verdict.warnings);
  }
  await readNodegroups(ports, context, findings, resumed);
  const detail = await readApiServer(ports, context, findings, resumed);
  const { blockers, notes } = findings;
  return { step: STEP, result: blockers.length > 0 ? blocked(...blockers, ...notes) : done(...notes), detail };
}

async function notOffered(ports: ScanPorts, context: StepContext): Promise<Reason[]> {
  const { target, scope } = context;
  const versions = await ports.eks.describeClusterVersions(scope);
  const offer = versions.find((version) => KubeVersion.tryParse(version.clusterVersion)?.equals(target) === true);
  if (offer !== undefined && offer.versionStatus !== 'UNSUPPORTED') return [];
  const offered = versions
    .filter((version) => version.versionStatus !== 'UNSUPPORTED')
    .map((version) => version.clusterVersion);
  return [reason('NotOffered', `EKS offers no ${target} in ${scope.region}; it offers ${offered.join(', ')}.`)];
}

/** Every upgrade-readiness insight with its details. A read that is denied throws: the step must not pass on what it did not see. */
async function readInsights(ports: ScanPorts, context: StepContext): Promise<Insight[]> {
  const { scope, name } = context;
  const summaries = await ports.eks.listInsights(scope, { clusterName: name, categories: ['UPGRADE_READINESS'] });
  return Promise.all(
    summaries.map((summary) =>
      summary.insightStatus.status === 'PASSING'
        ? summary
        : ports.eks.describeInsight(scope, { clusterName: name, id: summary.id }),
    ),
  );
}

async function readNodegroups(
  ports: ScanPorts,
  context: StepContext,
  findings: Findings,
  resumed: boolean,
): Promise<void> {
  const { scope, name, target, cluster } = context;
  const groups: Nodegroup[] = [];
  for (const nodegroupName of await ports.eks.listNodegroups(scope, { clusterName: name })) {
    groups.push(await ports.eks.describeNodegroup(scope, { clusterName: name, nodegroupName }));
  }
  for (const group of groups) {
    const ami = amiProblem(group, target);
    if (ami !== undefined) findings.blockers.push(ami);
    if (group.status !== 'ACTIVE' && group.status !== 'UPDATING') {
      const issues = issueTexts(group.health).join('; ');
      // One that never came up, or is going, cannot be rolled: that is said before the control plane moves, not after.
      const lost = !isPassing(group.status) && group.status !== 'DEGRADED';
      (lost ? findings.blockers : findings.notes).push(
        reason('NodegroupStatus', `The node group ${group.nodegroupName} is ${group.status}. ${issues}`),
      );
    }
  }
  if (resumed) return;
  const kubelets = groups.flatMap((group): SkewedComponent[] =>
    group.version === undefined ? [] : [{ kind: 'kubelet', name: group.nodegroupName, version: group.version }],
  );
  findings.blockers.push(...skew(cluster.version, kubelets));
}

const skew = (version: string, components: readonly SkewedComponent[]): Reason[] =>
  checkHop(KubeVersion.parse(version), components).reasons.map((text) => reason('VersionSkew', text));

/** One of each version stands for all nodes that run it. */
function kubelets(nodes: readonly Node[]): SkewedComponent[] {
  const versions = new Map<string, Node[]>();
  for (const node of nodes) versions.set(node.kubeletVersion, [...(versions.get(node.kubeletVersion) ?? []), node]);
  return [...versions.entries()].map(([version, same]) => ({
    kind: 'kubelet',
    name: same.length === 1 ? (same[0]?.name ?? '') : `${same[0]?.name ?? ''} and ${same.length - 1} more`,
    version,
  }));
}

/** The API server answers, and its nodes keep the skew. Gives what the smoke check compares with afterwards. */
async function readApiServer(
  ports: ScanPorts,
  context: StepContext,
  findings: Findings,
  resumed: boolean,
): Promise<Record<string, unknown>> {
  const policy = await policyForUpgrade(ports.table, context.record, context.upgrade);
  if (policy?.verification === 'eks-api') {
    findings.notes.push(
      reason(
        'NotVerified',
        'The policy verifies through the EKS API only: nodes, pods and the API server itself were not looked at.',
      ),
    );
    return {};
  }
  const target = clusterTarget(context);
  if (target === undefined) {
    findings.blockers.push(reason('NoEndpoint', `EKS gives no endpoint for ${context.name}.`));
    return {};
  }
  try {
    const ready = await ports.clusters.ready(target);
    if (!ready.ok)
      findings.blockers.push(
        reason('ApiServerNotReady', `The API server of ${context.name} is not ready: ${ready.failed.join(', ')}.`),
      );
    const nodes = await ports.clusters.listNodes(target);
    const pods = await ports.clusters.listPods(target);
    if (!resumed) {
      // What the smoke check would fail afterwards is said before anything is changed.
      for (const workload of unavailable(await ports.clusters.listWorkloads(target, 'kube-system'))) {
        findings.blockers.push(
          reason(
            'WorkloadUnavailable',
            `${workload.kind} kube-system/${workload.name} has ${workload.available} of ${workload.desired} available; repair it before an upgrade.`,
          ),
        );
      }
      findings.blockers.push(...skew(context.cluster.version, kubelets(nodes)));
    }
    // The baseline is taken once, before anything was changed: a resumed attempt keeps the first one.
    const before = context.upgrade?.steps[STEP]?.detail;
    return before ?? { unhealthyPods: takeBaseline(unhealthyPods(pods)) };
  } catch (error) {
    if (!isAccessError(error)) throw error;
    findings.blockers.push(accessReason(error, `The API server of ${context.name}`));
    return {};
  }
}
