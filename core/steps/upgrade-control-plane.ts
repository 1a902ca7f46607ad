import type { StepInput } from '../contracts/step-input.ts';
import { blocked, done, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { hopRefusals, isFinish } from '../model/hop.ts';
import { lostCluster } from '../model/passing-status.ts';
import type { Cluster } from '../ports/eks.ts';
import type { Mutation } from '../protocol/mutate.ts';
import { healthIssues, REPAIR } from '../scan/preflight/cluster-health.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { type ActPorts, act } from './act.ts';
import { afterHooks } from './ask-hooks.ts';
import { pollSeconds, type StepContext } from './context.ts';
import { notActive, readControlPlane } from './read-control-plane.ts';
import { runStep } from './run-step.ts';

const STEP = 'upgrade-control-plane' as const;
/** A cluster that stays busy is asked ever more rarely: a day of looks must fit into the history of one execution. */
const SETTLING = { least: 30, most: 900 };
/** EKS takes several minutes for every control plane (facts: eks.md §2.3): earlier looks would only cost. */
const BOUNDS = { least: 60, most: 120, first: 420 };

/** Moves the control plane one minor up, or finds that it is there. Never down: a lower version would be a rollback (design.md §3). */
export function upgradeControlPlane(ports: ActPorts, stepInput: StepInput): Promise<StepResult> {
  return runStep(ports, stepInput, 'grant', STEP, async (_, context) => {
    const mutation = { step: STEP, subject: 'cluster', prepare: () => prepare(ports, context) };
    const what = `Upgrade of ${context.name} to ${context.target}`;
    const result = await act(ports, context, what, mutation, BOUNDS, () => arrived(ports, context));
    return afterHooks(ports, context, { step: STEP }, { step: STEP, result });
  });
}

/** The re-read right before the call: everything that makes "version = target" an upgrade of one minor and nothing else. */
async function prepare(ports: ActPorts, context: StepContext): ReturnType<Mutation['prepare']> {
  const { name, target } = context;
  const read = await readControlPlane(ports, context);
  if ('stop' in read) return read;
  const { cluster, updateIds } = read;
  if (KubeVersion.parse(cluster.version).equals(target)) return { stop: atTarget(ports, context, cluster) };
  const refusals =
    context.upgrade !== undefined && isFinish(context.upgrade)
      ? [elsewhere(name, cluster, target)]
      : hopRefusals(cluster.version, target);
  if (refusals.length > 0) return { stop: blocked(...refusals) };
  if (cluster.status !== 'ACTIVE') return { stop: notActive(ports, context, cluster) };
  const unhealthy = healthIssues(cluster).map((issue) => reason('ClusterHealth', `${issue} ${REPAIR}`));
  if (unhealthy.length > 0) return { stop: blocked(...unhealthy) };
  return {
    call: (clientRequestToken) => ({
      name: 'UpdateClusterVersion',
      input: { name, version: target.toString(), clientRequestToken },
    }),
    knownUpdateIds: updateIds,
  };
}

/** What finishes a version has no business at another one. */
const elsewhere = (name: string, { version }: Cluster, target: KubeVersion) =>
  reason(
    'NotTheControlPlanesVersion',
    `${name} is at ${version} by now; its nodes and add-ons were to go to ${target}.`,
  );

/** Somebody, or an earlier attempt, has asked for the version already: it only has to settle. */
function atTarget(ports: ActPorts, context: StepContext, cluster: Cluster): StepResult {
  const { name, target } = context;
  if (cluster.status === 'ACTIVE') return done(reason('AtTarget', `The control plane of ${name} is at ${target}.`));
  const lost = lostCluster(cluster);
  if (lost !== undefined) return blocked(lost);
  return wait(
    pollSeconds(context.startedAt, ports.clock.now(), SETTLING),
    reason('NotActive', `${name} is at ${target} and ${cluster.status}.`),
  );
}

async function arrived(ports: ActPorts, context: StepContext): Promise<StepResult> {
  const { scope, name, target } = context;
  const cluster = await ports.eks.describeCluster(scope, { name });
  if (cluster.status === 'ACTIVE' && KubeVersion.parse(cluster.version).equals(target)) {
    return done(reason('Upgraded', `The control plane of ${name} is at ${target}.`));
  }
  const said = `The update of ${name} succeeded; DescribeCluster still says ${cluster.version} and ${cluster.status}.`;
  return wait(pollSeconds(context.startedAt, ports.clock.now(), SETTLING), reason('NotVisibleYet', said));
}
