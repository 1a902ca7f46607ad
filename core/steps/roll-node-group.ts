import { namedError } from '../contracts/errors.ts';
import type { StepInput } from '../contracts/step-input.ts';
import { blocked, done, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { issueTexts } from '../model/issue-text.ts';
import type { Nodegroup } from '../ports/eks.ts';
import type { Mutation } from '../protocol/mutate.ts';
import { hasNoImage, NEW_GROUP, noImageText } from '../scan/preflight/al2-ami.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { type ActPorts, act } from './act.ts';
import { foreignStop, pollSeconds, type StepContext } from './context.ts';
import { findUpdatesInFlight, stopBeside, updatingReason } from './foreign-updates.ts';
import { readControlPlaneAtRest } from './read-control-plane.ts';
import { runStep } from './run-step.ts';

const STEP = 'roll-node-group';
/** A new node joins before an old one is drained and ends, which takes minutes even for one node (facts: eks.md §5.1). */
const BOUNDS = { least: 60, most: 900, first: 240 };

/** Rolls one managed node group to the control plane's version, or finds that it is there. `force` is never sent: budgets are kept. */
export async function rollNodeGroup(ports: ActPorts, stepInput: StepInput): Promise<StepResult> {
  const group = stepInput.nodegroup;
  if (group === undefined)
    throw namedError(
      'InvalidInput',
      'roll-node-group was given no node group: its machine passes one item of list-node-groups.',
    );
  const step = `${STEP}/${group}`;
  return runStep(ports, stepInput, 'grant', step, async (_, context) => {
    const before = failedBefore(context, group);
    if (before !== undefined) {
      const said = `${group} was not started, because the node group ${before} failed in this attempt.`;
      return { step, result: blocked(reason('NotStarted', said)) };
    }
    const mutation = { step: STEP, subject: group, prepare: () => prepare(ports, context, group) };
    const what = `Roll of ${group} to ${context.target}`;
    return { step, result: await act(ports, context, what, mutation, BOUNDS, () => arrived(ports, context, group)) };
  });
}

/** A node group that failed since this attempt began: its siblings are not started after it. */
function failedBefore({ upgrade, grant }: StepContext, group: string): string | undefined {
  if (upgrade === undefined || grant === undefined) return undefined;
  for (const [step, state] of Object.entries(upgrade.steps)) {
    if (!step.startsWith(`${STEP}/`)) continue;
    const other = step.slice(STEP.length + 1);
    if (other === group) continue;
    if (state.status === 'failed' && (state.endedAt ?? '') >= grant.grantedAt) return other;
  }
  return undefined;
}

async function prepare(ports: ActPorts, context: StepContext, group: string): ReturnType<Mutation['prepare']> {
  const { scope, name, target } = context;
  const rests = await readControlPlaneAtRest(ports, context);
  if ('stop' in rests) return rests;
  const { cluster } = rests;
  if (!KubeVersion.parse(cluster.version).equals(target)) {
    const said = `${name} is at ${cluster.version}; its node groups go there, not to ${target}.`;
    return { stop: blocked(reason('NotTheControlPlanesVersion', said)) };
  }
  const nodegroup = await ports.eks.describeNodegroup(scope, { clusterName: name, nodegroupName: group });
  const updates = await findUpdatesInFlight(ports, context, { name, nodegroupName: group });
  const stop = stopBeside(ports, context, `the node group ${group}`, updates) ?? stateOf(ports, context, nodegroup);
  if (stop !== undefined) return { stop };
  return {
    call: (clientRequestToken) => ({
      name: 'UpdateNodegroupVersion',
      input: { clusterName: name, nodegroupName: group, version: target.toString(), clientRequestToken },
    }),
    knownUpdateIds: updates.ids,
  };
}

function stateOf(ports: ActPorts, context: StepContext, nodegroup: Nodegroup): StepResult | undefined {
  const { target } = context;
  const { nodegroupName: group, status } = nodegroup;
  const issues = issueTexts(nodegroup.health).join('; ');
  const at = nodegroup.version === undefined ? undefined : KubeVersion.parse(nodegroup.version);
  if (nodegroup.amiType === 'CUSTOM') {
    const said = `${group} runs a custom AMI: EKS takes no version for it. Roll it with a new version of its launch template.`;
    return done(reason('CustomAmi', said));
  }
  if (at?.equals(target) === true && status === 'ACTIVE')
    return done(reason('AtTarget', `The node group ${group} is at ${target}.`));
  if (hasNoImage(nodegroup, target)) return blocked(reason('Al2Nodegroup', `${noImageText(nodegroup)} ${NEW_GROUP}`));
  if (status === 'UPDATING') return foreignStop(ports, context, updatingReason(group));
  if (status === 'CREATING')
    return foreignStop(ports, context, reason('NotActive', `The node group ${group} is CREATING.`));
  // A failed roll leaves a group ACTIVE or DEGRADED with some nodes replaced; sending it again goes on (facts: eks.md §5.4).
  if (status !== 'ACTIVE' && status !== 'DEGRADED')
    return blocked(reason('NodegroupStatus', `The node group ${group} is ${status}. ${issues}`));
  return undefined;
}

async function arrived(ports: ActPorts, context: StepContext, group: string): Promise<StepResult> {
  const { scope, name, target, startedAt } = context;
  const { version } = await ports.eks.describeNodegroup(scope, { clusterName: name, nodegroupName: group });
  if (version !== undefined && KubeVersion.parse(version).equals(target)) {
    return done(reason('Rolled', `Every node of ${group} was replaced at ${target}.`));
  }
  const said = `The roll of ${group} succeeded; DescribeNodegroup still says ${version ?? 'no version'}.`;
  return wait(pollSeconds(startedAt, ports.clock.now(), BOUNDS), reason('NotVisibleYet', said));
}
