import type { StepInput } from '../contracts/step-input.ts';
import { blocked, done, parked, type Reason, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { hopRefusals } from '../model/hop.ts';
import { issueTexts } from '../model/issue-text.ts';
import { policyForUpgrade } from '../policy/policy-of.ts';
import { type ClusterTarget, isAccessErrorName, type Node } from '../ports/cluster-access.ts';
import type { Nodegroup } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { judgeInsights } from '../readiness/insights.ts';
import { unavailable, unhealthyPods } from '../readiness/workload-health.ts';
import { readInsights } from '../scan/telemetry/insights.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { checkHop, type SkewedComponent } from '../version/skew.ts';
import { blockingHealth } from './cluster-health.ts';
import { accessReason, clusterTarget, isAccessError } from './cluster-target.ts';
import type { StepContext, StepPorts } from './context.ts';
import { stopBeside, updatesInFlight } from './foreign-updates.ts';
import { amiProblem } from './node-group-ami.ts';
import { takeBaseline } from './pod-baseline.ts';
import { isPassing } from './polling.ts';
import { lostCluster } from './read-control-plane.ts';
import { lookAtRefresh, refreshInsights, runsSince } from './refresh-insights.ts';
import { runStep, type StepOutcome } from './run-step.ts';
import { endRun, judgeScan, scanObjects } from './scan-objects.ts';

const STEP = 'scan-cluster';
export type ScanPorts = StepPorts & Pick<Ports, 'clusters' | 'readers'>;

/**
 * What would break if this cluster went one minor up? Blockers end it `blocked`; what could not be read is a blocker too. Changes nothing
 * (a refresh of the insights is no mutation), so it runs by hand in observe mode as well, and then for later targets too.
 */
export async function scanCluster(ports: ScanPorts, stepInput: StepInput): Promise<StepResult> {
  const result = await runStep(ports, stepInput, 'read', STEP, scan);
  await endRun(ports, stepInput, result);
  return result;
}

async function scan(ports: ScanPorts, context: StepContext): Promise<StepOutcome> {
  const { cluster, name, target, startedAt } = context;
  const resumed = KubeVersion.parse(cluster.version).equals(target);
  const look = resumed ? undefined : await lookAtRefresh(ports, context);
  // Everything else is looked at when the insights are fresh: what is seen meanwhile would be old by then.
  if (look !== undefined && runsSince(look, startedAt)) {
    const waiting = await refreshInsights(ports, context, look);
    if (waiting.status === 'wait') return { step: STEP, result: waiting };
  }
  const updates = await updatesInFlight(ports, context, { name });
  const beside = stopBeside(ports, context, `the control plane of ${name}`, updates);
  if (beside !== undefined) return { step: STEP, result: beside };
  const findings: Findings = { blockers: [], notes: [] };
  const lost = lostCluster(cluster);
  if (lost !== undefined) findings.blockers.push(lost);
  const byHand = context.grant === undefined;
  if (look === undefined)
    findings.notes.push(reason('AtTarget', `The control plane of ${name} is at ${target} already.`));
  else {
    await mayHop(ports, context, findings, byHand);
    if (findings.blockers.length > 0) return { step: STEP, result: blocked(...findings.blockers) };
    const waiting = await refreshInsights(ports, context, look);
    if (waiting.status === 'wait') return { step: STEP, result: waiting };
    findings.notes.push(...waiting.reasons);
  }
  const { spec: policy, unknown } = await policyForUpgrade(ports.table, context.record, context.upgrade);
  if (unknown.length > 0 && !byHand) return { step: STEP, result: parked(undefined, ...unknown) };
  const server = policy?.verification === 'eks-api' ? NOT_ASKED : clusterTarget(context);
  // An upgrade that has moved the control plane can no longer be kept from it.
  const wanted = byHand || !resumed;
  const objects = isServer(server) && wanted ? await scanObjects(ports, context, server, policy?.scan) : undefined;
  if (objects?.ended === false)
    return { step: STEP, result: wait(objects.pauseSeconds, reason('Scanning', objects.said)) };
  // What is quickly read is read last: it is what changes quickly.
  const insights = wanted ? await readInsights(ports.eks, context.scope, context.name) : [];
  const changes = objects === undefined ? [] : Object.values(objects.state.facts.changes);
  if (!resumed) collect(findings, judgeInsights(insights, target, ports.clock.now(), changes));
  await readNodegroups(ports, context, findings, resumed);
  let detail = {};
  if (isServer(server)) detail = await readApiServer(ports, context, findings, { resumed, server });
  else collect(findings, notLookedAt(server, name));
  if (objects !== undefined) {
    const refused = findings.blockers.filter(({ code }) => isAccessErrorName(code));
    collect(findings, await judgeScan(ports, context, { ...objects, insights, refused }, policy?.scan));
  }
  const { blockers, notes } = findings;
  return { step: STEP, result: blockers.length > 0 ? blocked(...blockers, ...notes) : done(...notes), detail };
}

function collect(
  findings: Findings,
  { blockers = [], notes = [], warnings = [] }: { [list in 'blockers' | 'notes' | 'warnings']?: readonly Reason[] },
): void {
  findings.blockers.push(...blockers);
  findings.notes.push(...notes, ...warnings);
}

/** Whoever scans by hand may look further ahead than one hop, and than EKS offers. */
async function mayHop(ports: ScanPorts, context: StepContext, findings: Findings, byHand: boolean): Promise<void> {
  const { cluster, target } = context;
  const far: readonly Reason[] = [...hopRefusals(cluster.version, target), ...(await notOffered(ports, context))];
  for (const refusal of far) {
    const told = byHand && (refusal.code === 'NotOneHop' || refusal.code === 'NotOffered');
    (told ? findings.notes : findings.blockers).push(refusal);
  }
  findings.blockers.push(...blockingHealth(cluster));
}

const NOT_ASKED = 'not asked';
type Server = ClusterTarget | typeof NOT_ASKED | undefined;

const isServer = (server: Server): server is ClusterTarget => typeof server === 'object';

function notLookedAt(server: Exclude<Server, ClusterTarget>, name: string): Partial<Findings> {
  if (server === undefined) return { blockers: [reason('NoEndpoint', `EKS gives no endpoint for ${name}.`)] };
  const why = 'The policy verifies through the EKS API only: nodes, pods and the API server itself were not looked at.';
  return { notes: [reason('NotVerified', why)] };
}

/** Why EKS would not take the target in this Region. */
async function notOffered(ports: StepPorts, context: StepContext): Promise<Reason[]> {
  const { target, scope } = context;
  const versions = await ports.eks.describeClusterVersions(scope);
  const offer = versions.find((version) => KubeVersion.tryParse(version.clusterVersion)?.equals(target) === true);
  if (offer !== undefined && offer.versionStatus !== 'UNSUPPORTED') return [];
  const offered = versions
    .filter((version) => version.versionStatus !== 'UNSUPPORTED')
    .map((version) => version.clusterVersion);
  return [reason('NotOffered', `EKS offers no ${target} in ${scope.region}; it offers ${offered.join(', ')}.`)];
}

/** The API server answers, and its nodes keep the skew. Gives what the smoke check compares with afterwards. */
async function readApiServer(
  ports: Pick<Ports, 'clusters'>,
  context: StepContext,
  findings: Findings,
  { resumed, server }: { readonly resumed: boolean; readonly server: ClusterTarget },
): Promise<Record<string, unknown>> {
  try {
    const ready = await ports.clusters.ready(server);
    if (!ready.ok)
      findings.blockers.push(
        reason('ApiServerNotReady', `The API server of ${context.name} is not ready: ${ready.failed.join(', ')}.`),
      );
    const nodes = await ports.clusters.listNodes(server);
    const pods = await ports.clusters.listPods(server);
    if (!resumed) {
      // What the smoke check would fail afterwards is said before anything is changed.
      for (const workload of unavailable(await ports.clusters.listWorkloads(server, 'kube-system'))) {
        const said = `${workload.kind} kube-system/${workload.name} has ${workload.available} of ${workload.desired} available; repair it before an upgrade.`;
        findings.blockers.push(reason('WorkloadUnavailable', said));
      }
      findings.blockers.push(...skew(context.cluster.version, kubelets(nodes)));
    }
    // The baseline is taken right before the first change: what has changed the cluster keeps it.
    const before = context.upgrade?.mutated === true ? context.upgrade.steps[STEP]?.detail : undefined;
    return before ?? { unhealthyPods: takeBaseline(unhealthyPods(pods)) };
  } catch (error) {
    if (!isAccessError(error)) throw error;
    findings.blockers.push(accessReason(error, `The API server of ${context.name}`));
    return {};
  }
}

/** Images, statuses and kubelets of the node groups, as EKS tells them. */
async function readNodegroups(
  ports: StepPorts,
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
  const versions = Map.groupBy(nodes, ({ kubeletVersion }) => kubeletVersion);
  return [...versions].map(([version, same]) => ({
    kind: 'kubelet',
    name: same.length === 1 ? (same[0]?.name ?? '') : `${same[0]?.name ?? ''} and ${same.length - 1} more`,
    version,
  }));
}

/** What the parts of a scan collect. */
interface Findings {
  readonly blockers: Reason[];
  readonly notes: Reason[];
}
