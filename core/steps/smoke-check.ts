import type { UpgradePolicySpec } from '../config/types.ts';
import type { StepInput } from '../contracts/step-input.ts';
import { done, failed, parked, type Reason, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { recordNodes } from '../inventory/record-nodes.ts';
import { isRolled, type NodesSpec } from '../model/image-rule.ts';
import { managedGroup, nodeOwner } from '../model/node-owner.ts';
import { groupOfOne } from '../model/seen-nodes.ts';
import { counted } from '../model/words.ts';
import { unavailable, unhealthyPods } from '../model/workload-health.ts';
import { loadPolicyForUpgrade } from '../policy/policy-of.ts';
import type { ApiServer, Node } from '../ports/cluster-access.ts';
import type { Ports } from '../ports/ports.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { accessReason, findApiServer, isAccessError } from './api-server.ts';
import { afterHooks, askHooks, type HookPorts } from './ask-hooks.ts';
import { pollSeconds, type StepContext } from './context.ts';
import { loadHopPolicy, nodesMayWait } from './hop-policy.ts';
import { baselineOf, newlyUnhealthy } from './pod-baseline.ts';
import { probeUrls } from './probe-urls.ts';
import { readControlPlaneAtRest } from './read-control-plane.ts';
import { runStep, type StepOutcome } from './run-step.ts';

const STEP = 'smoke-check' as const;
/** Pods that were moved need a moment to come back; what is not well by then is a failure. */
const SETTLE_MINUTES = 15;
export type SmokePorts = HookPorts & Pick<Ports, 'clusters' | 'probe'>;

/** Does the upgraded cluster work? Compared with the baseline that the scan took; what could not be checked is said. */
export function smokeCheck(ports: SmokePorts, stepInput: StepInput): Promise<StepResult> {
  return runStep(ports, stepInput, 'read', STEP, async (_, context) => {
    const held = await askHooks(ports, context, { at: 'before', step: STEP });
    if (held !== undefined) return { step: STEP, result: held };
    return afterHooks(ports, context, { step: STEP }, await check(ports, context));
  });
}

async function check(ports: SmokePorts, context: StepContext): Promise<StepOutcome> {
  const { cluster, target, name } = context;
  const rests = await readControlPlaneAtRest(ports, context);
  if ('stop' in rests) return { step: STEP, result: rests.stop };
  const problems: Reason[] = [];
  const notes: Reason[] = [];
  const looked = [`EKS says ${cluster.version}`];
  const found: Found = { problems, notes, looked };
  if (!KubeVersion.parse(cluster.version).equals(target))
    problems.push(reason('WrongVersion', `${name} is at ${cluster.version}, not at ${target}.`));
  const { spec: policy, unknown } = await loadPolicyForUpgrade(ports.table, context.record, context.upgrade);
  // What it asks to be checked nobody knows: that is never taken for nothing.
  if (unknown.length > 0) return { step: STEP, result: parked(undefined, ...unknown) };
  if (policy?.verification === 'eks-api') {
    const said = 'The policy verifies through the EKS API only: readiness, nodes, pods and workloads were not checked.';
    notes.push(reason('NotVerified', said));
  } else await checkInside(ports, context, policy, found);
  await checkUrls(ports, policy, found);
  if (problems.length === 0) return { step: STEP, result: done(...notes, reason('Looked', `${looked.join('; ')}.`)) };
  const now = ports.clock.now();
  const settling = now.getTime() - context.startedAt.getTime() < SETTLE_MINUTES * 60_000;
  const result = settling
    ? wait(pollSeconds(context.startedAt, now, { least: 30, most: 120 }), ...problems)
    : failed(...problems, ...notes);
  return { step: STEP, result };
}

/** What a check says: what is wrong, what it could not tell, and what it looked at, so that "done" is told from "nothing was asked". */
interface Found {
  readonly problems: Reason[];
  readonly notes: Reason[];
  readonly looked: string[];
}

async function checkInside(
  ports: SmokePorts,
  context: StepContext,
  policy: UpgradePolicySpec | undefined,
  found: Found,
): Promise<void> {
  const { problems, looked } = found;
  const server = findApiServer(context);
  if (server === undefined) {
    problems.push(reason('NoEndpoint', `EKS gives no endpoint for ${context.name}.`));
    return;
  }
  try {
    const ready = await ports.clusters.ready(server);
    if (!ready.ok) problems.push(reason('ApiServerNotReady', `/readyz says no: ${ready.failed.join(', ')}.`));
    const version = await ports.clusters.serverVersion(server);
    if (KubeVersion.tryParse(version)?.equals(context.target) !== true)
      problems.push(reason('WrongVersion', `The API server says ${version}.`));
    looked.push(`the API server is ready and says ${version}`);
    const nodes = await ports.clusters.listNodes(server);
    await recordNodes(ports, await context.record(), nodes.map(groupOfOne));
    await checkNodes(context, nodes, policy?.nodes, await nodesWait(ports, context, nodes), found);
    await checkPods(ports, context, server, found);
    await checkWorkloads(ports, server, policy, found);
  } catch (error) {
    if (!isAccessError(error)) throw error;
    problems.push(accessReason(error, context));
  }
}

/** Nodes of managed groups are at the target; others belong to their owners and may lag, which is told once for each kind of them. */
async function checkNodes(
  context: StepContext,
  nodes: readonly Node[],
  rules: NodesSpec,
  mayWait: boolean,
  { problems, notes, looked }: Found,
): Promise<void> {
  looked.push(`${counted(nodes.length, 'node')}, all Ready`);
  const custom = new Set(
    (await context.record()).nodegroups.filter((group) => !isRolled(rules, group)).map((group) => group.name),
  );
  const notReady = nodes.filter((node) => !node.ready);
  if (notReady.length > 0) problems.push(reason('NodeNotReady', `${named(notReady)} not Ready.`));
  const old = Map.groupBy(
    nodes.filter(({ kubeletVersion }) => KubeVersion.tryParse(kubeletVersion)?.equals(context.target) !== true),
    ({ labels, providerId, kubeletVersion }) => {
      const { kind, name = '' } = nodeOwner(labels, providerId);
      return `${kind} ${name} ${kubeletVersion}`;
    },
  );
  for (const group of old.values()) {
    const [first] = group;
    const nodegroup = managedGroup(nodeOwner(first?.labels ?? {}));
    const said = `${named(group)} at kubelet ${first?.kubeletVersion ?? 'unknown'}, not ${context.target}.`;
    if (mayWait) notes.push(reason('OldKubelet', `${said} The policy lets nodes wait for a later hop.`));
    else if (nodegroup !== undefined && !custom.has(nodegroup))
      problems.push(reason('OldKubelet', `Node group ${nodegroup}: ${said}`));
    else notes.push(reason('OldKubelet', `${said} Liftlock rolls no node group that they belong to.`));
  }
}

/** Nodes that were left behind on purpose are no fault of this hop. */
async function nodesWait(ports: SmokePorts, context: StepContext, nodes: readonly Node[]): Promise<boolean> {
  const kubelets = nodes.map(({ name, kubeletVersion }) => ({ name, version: kubeletVersion }));
  return nodesMayWait(await loadHopPolicy(ports, context), context.target, kubelets);
}

function named(nodes: readonly Node[]): string {
  const names = nodes
    .slice(0, 3)
    .map((node) => node.name)
    .join(', ');
  if (nodes.length === 1) return `The node ${names} is`;
  return `${nodes.length} nodes (${names}${nodes.length > 3 ? ', …' : ''}) are`;
}

async function checkPods(
  ports: SmokePorts,
  context: StepContext,
  server: ApiServer,
  { problems, notes, looked }: Found,
): Promise<void> {
  const pods = await ports.clusters.listPods(server);
  const unhealthy = unhealthyPods(pods);
  looked.push(`${counted(pods.length, 'pod')}, ${unhealthy.length} pending or failing`);
  const baseline = baselineOf(context.upgrade);
  const found = `${counted(unhealthy.length, 'pod')} pending or failing`;
  if (baseline === undefined) {
    if (unhealthy.length > 0)
      notes.push(reason('NoBaseline', `${found}; there is no scan from before to compare with.`));
    return;
  }
  const more = newlyUnhealthy(baseline, unhealthy);
  if (more.length > 0) {
    const said = `${found}, ${baseline.count} were before; new are: ${more.slice(0, 10).join(', ')}.`;
    problems.push(reason('MoreUnhealthyPods', said));
  }
}

async function checkWorkloads(
  ports: SmokePorts,
  server: ApiServer,
  policy: UpgradePolicySpec | undefined,
  { problems, looked }: Found,
): Promise<void> {
  const named = (policy?.smoke.deployments ?? []).map((text) => ({
    namespace: text.split('/')[0] ?? '',
    name: text.split('/')[1] ?? '',
  }));
  for (const namespace of new Set(['kube-system', ...named.map((one) => one.namespace)])) {
    const workloads = await ports.clusters.listWorkloads(server, namespace);
    const wanted = named.filter((one) => one.namespace === namespace);
    const checked =
      namespace === 'kube-system'
        ? workloads
        : workloads.filter(
            (workload) => workload.kind === 'Deployment' && wanted.some((one) => one.name === workload.name),
          );
    looked.push(`${counted(checked.length, 'workload')} of ${namespace}, all available`);
    for (const workload of unavailable(checked)) {
      const said = `${workload.kind} ${namespace}/${workload.name} has ${workload.available} of ${workload.desired} available.`;
      problems.push(reason('WorkloadUnavailable', said));
    }
    for (const { name } of wanted) {
      if (!workloads.some((workload) => workload.kind === 'Deployment' && workload.name === name)) {
        const said = `The policy names the Deployment ${namespace}/${name}, and it does not exist.`;
        problems.push(reason('WorkloadMissing', said));
      }
    }
  }
}

async function checkUrls(
  ports: SmokePorts,
  policy: UpgradePolicySpec | undefined,
  { problems, looked }: Found,
): Promise<void> {
  const urls = policy?.smoke.urls ?? [];
  if (urls.length > 0) looked.push(`${counted(urls.length, 'URL')} answered`);
  for (const { url, isReady, answer } of await probeUrls(ports, urls)) {
    const said = `The URL ${url}, which the policy wants to answer with success after a hop, does not: ${answer}.`;
    if (!isReady) problems.push(reason('UrlFailed', said));
  }
}
