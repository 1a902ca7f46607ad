import { durationMilliseconds } from '../config/schema/quantities.ts';
import { namedError } from '../contracts/errors.ts';
import type { Intent } from '../contracts/items/protocol.ts';
import { readCode } from '../contracts/reasons.ts';
import type { StepInput } from '../contracts/step-input.ts';
import { blocked, done, parked, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { imageRuleOf } from '../model/image-rule.ts';
import { issueTexts } from '../model/issue-text.ts';
import { loadPolicyForUpgrade } from '../policy/policy-of.ts';
import type { Nodegroup } from '../ports/eks.ts';
import { intentsOf } from '../protocol/intent-store.ts';
import type { Mutation } from '../protocol/mutate.ts';
import { hasNoImage, NEW_GROUP, noImageText } from '../scan/preflight/al2-ami.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { type ActPorts, act } from './act.ts';
import { foreignStop, pollSeconds, type StepContext } from './context.ts';
import { findImage, type ImagePorts, launchTemplateVersion } from './custom-image.ts';
import { findUpdatesInFlight, stopBeside } from './foreign-updates.ts';
import { readControlPlaneAtRest } from './read-control-plane.ts';
import { runStep } from './run-step.ts';

const STEP = 'roll-node-group';
/** A new node joins before an old one is drained and ends, which takes minutes even for one node (facts: eks.md §5.1). */
const BOUNDS = { least: 60, most: 900, first: 240 };

export type RollPorts = ActPorts & ImagePorts;

/** Rolls one managed node group to the control plane's version, or finds that it is there. `force` is never sent: budgets are kept. */
export async function rollNodeGroup(ports: RollPorts, stepInput: StepInput): Promise<StepResult> {
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
    const result = await act(ports, context, what, mutation, BOUNDS, () => arrived(ports, context, group));
    return { step, result: await orRetried(ports, context, group, result) };
  });
}

/** EKS's own word for a node whose pods were not evicted within 15 minutes (facts: eks.md §5.1). */
const NOT_EVICTED = readCode('PodEvictionFailure');

/**
 * A roll that EKS ended because of pods that stayed is tried again as often as the policy says; what was replaced stays so. The upgrade parks
 * meanwhile, with the pods' budgets as they are: nothing is forced.
 */
async function orRetried(
  ports: RollPorts,
  context: StepContext,
  group: string,
  result: StepResult,
): Promise<StepResult> {
  if (!result.reasons.some(({ code }) => code === NOT_EVICTED)) return result;
  const { spec } = await loadPolicyForUpgrade(ports.table, context.record, context.upgrade);
  const allowed = spec?.nodes?.podEvictionFailure;
  const failures = (await intentsOf(ports.table, context.clusterKey, STEP)).filter(({ data }) =>
    isStuckRoll(data, group, context.upgrade),
  ).length;
  if (allowed === undefined || failures > allowed.retries) return result;
  const until = new Date(ports.clock.now().getTime() + durationMilliseconds(allowed.pause));
  const said = `Pods stayed on nodes of ${group}; it is rolled again from ${until.toISOString()} on (${failures} of ${allowed.retries}). Budgets without room: liftlock scan cluster ${context.name} names them.`;
  return parked(until, reason('EvictionRetried', said), ...result.reasons);
}

/** Those of an attempt that a person had to try again count no more. */
function isStuckRoll(
  { subject, upgradeId, committedAt, outcome }: Intent,
  group: string,
  upgrade: StepContext['upgrade'],
) {
  const isOurs = subject === group && upgradeId === upgrade?.id && committedAt >= (upgrade?.startedAt ?? '');
  return isOurs && outcome?.type === 'accepted' && outcome.observed?.errors.some(({ code }) => code === NOT_EVICTED);
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

async function prepare(ports: RollPorts, context: StepContext, group: string): ReturnType<Mutation['prepare']> {
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
  const to = nodegroup.amiType === 'CUSTOM' ? await ownImage(ports, context, nodegroup) : { version: String(target) };
  if ('stop' in to) return to;
  return {
    call: (clientRequestToken) => ({
      name: 'UpdateNodegroupVersion',
      input: { clusterName: name, nodegroupName: group, ...to, clientRequestToken },
    }),
    knownUpdateIds: updates.ids,
  };
}

type Aim = { readonly launchTemplate: { readonly id?: string; readonly name?: string; readonly version: string } };

/** EKS takes no version for a group with an AMI of its own: it is rolled to a version of its launch template (facts: eks.md §5.2). */
async function ownImage(
  ports: RollPorts,
  context: StepContext,
  nodegroup: Nodegroup,
): Promise<Aim | { readonly stop: StepResult }> {
  const { nodegroupName: group, releaseVersion, status } = nodegroup;
  const { spec, unknown } = await loadPolicyForUpgrade(ports.table, context.record, context.upgrade);
  // Which image it names nobody knows: that is never taken for none.
  if (unknown.length > 0) return { stop: parked(undefined, ...unknown) };
  const rule = imageRuleOf(spec?.nodes, nodegroup);
  if (rule === undefined) {
    const said = `${group} runs a custom AMI: EKS takes no version for it, and no policy names another (spec.nodes.images). Roll it with a new version of its launch template.`;
    return { stop: done(reason('CustomAmi', said)) };
  }
  const wanted = await findImage(ports, context, nodegroup, rule);
  if ('code' in wanted) return { stop: blocked(wanted) };
  const { imageId } = wanted.image;
  // The release is of the last roll that ended well, the launch template of the last that began: where somebody's has failed since, they differ.
  if (releaseVersion === imageId && wanted.from.imageId === imageId && status === 'ACTIVE')
    return {
      stop: done(reason('AtTarget', `The node group ${group} runs ${imageId}, the AMI for ${context.target}.`)),
    };
  const made = await launchTemplateVersion(ports, context, wanted);
  if ('stop' in made) return made;
  const { id, name } = nodegroup.launchTemplate ?? {};
  return { launchTemplate: { ...(id === undefined ? given({ name }) : { id }), version: made.version } };
}

function stateOf(ports: ActPorts, context: StepContext, nodegroup: Nodegroup): StepResult | undefined {
  const { target } = context;
  const { nodegroupName: group, status } = nodegroup;
  const issues = issueTexts(nodegroup.health).join('; ');
  const at = nodegroup.version === undefined ? undefined : KubeVersion.parse(nodegroup.version);
  if (nodegroup.amiType !== 'CUSTOM' && at?.equals(target) === true && status === 'ACTIVE')
    return done(reason('AtTarget', `The node group ${group} is at ${target}.`));
  if (hasNoImage(nodegroup, target)) return blocked(reason('Al2Nodegroup', `${noImageText(nodegroup)} ${NEW_GROUP}`));
  if (status === 'UPDATING') {
    const foreign = reason('ForeignUpdate', `The node group ${group} is UPDATING, and not by Liftlock.`);
    return foreignStop(ports, context, foreign);
  }
  if (status === 'CREATING')
    return foreignStop(ports, context, reason('NotActive', `The node group ${group} is CREATING.`));
  // A failed roll leaves a group ACTIVE or DEGRADED with some nodes replaced; sending it again goes on (facts: eks.md §5.4).
  if (status !== 'ACTIVE' && status !== 'DEGRADED')
    return blocked(reason('NodegroupStatus', `The node group ${group} is ${status}. ${issues}`));
  return undefined;
}

async function arrived(ports: RollPorts, context: StepContext, group: string): Promise<StepResult> {
  const { scope, name, target, startedAt } = context;
  const nodegroup = await ports.eks.describeNodegroup(scope, { clusterName: name, nodegroupName: group });
  const { version, amiType, releaseVersion } = nodegroup;
  if (amiType === 'CUSTOM') {
    const rolled = reason(
      'Rolled',
      `Every node of ${group} was replaced with the AMI ${releaseVersion ?? 'of its launch template'}.`,
    );
    return done(rolled);
  }
  if (version !== undefined && KubeVersion.parse(version).equals(target)) {
    return done(reason('Rolled', `Every node of ${group} was replaced at ${target}.`));
  }
  const said = `The roll of ${group} succeeded; DescribeNodegroup still says ${version ?? 'no version'}.`;
  return wait(pollSeconds(startedAt, ports.clock.now(), BOUNDS), reason('NotVisibleYet', said));
}
