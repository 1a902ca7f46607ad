import { durationMilliseconds } from '../config/schema/quantities.ts';
import { isDenied } from '../contracts/errors.ts';
import type { StepInput } from '../contracts/step-input.ts';
import { blocked, done, parked, reason, type StepResult } from '../contracts/step-result.ts';
import { isFinish } from '../model/hop.ts';
import { counted } from '../model/words.ts';
import { intentsOf } from '../protocol/intent-store.ts';
import { compareTexts } from '../scan/report/order-findings.ts';
import { deniedReason, isResult, openStep, type StepContext, type StepPorts } from './context.ts';
import { type HopPolicy, loadHopPolicy, nodesMayWait } from './hop-policy.ts';
import { whenDenied } from './run-step.ts';

type Listed = StepResult & { readonly nodegroups: readonly string[] };

/** The node groups that `roll-node-group` rolls one after the other (docs/adr/0006); none while the cluster bakes. */
export async function listNodeGroups(ports: StepPorts, stepInput: StepInput): Promise<Listed> {
  let context: StepContext | StepResult | undefined;
  try {
    context = await openStep(ports, stepInput, 'grant');
    return isResult(context) ? { ...context, nodegroups: [] } : await groupsOf(ports, context);
  } catch (error) {
    if (!isDenied(error)) throw error;
    const of = context === undefined || isResult(context) ? {} : context;
    return { ...whenDenied(ports, of, deniedReason(error)), nodegroups: [] };
  }
}

async function groupsOf(ports: StepPorts, context: StepContext): Promise<Listed> {
  const { name, scope, input } = context;
  const groups = (await ports.eks.listNodegroups(scope, { clusterName: name })).sort();
  if (input.nodegroup === undefined) return everyGroup(ports, context, await inTurn(ports, context, groups));
  if (groups.includes(input.nodegroup)) return { ...done(), nodegroups: [input.nodegroup] };
  return {
    ...blocked(
      reason('NoSuchNodegroup', `${name} has no node group ${input.nodegroup}; it has ${groups.join(', ') || 'none'}.`),
    ),
    nodegroups: [],
  };
}

/** Groups whose last roll in this upgrade has failed come last, the latest failure at the end, so that they do not hold up the others. */
async function inTurn({ table }: StepPorts, { clusterKey, upgrade }: StepContext, groups: readonly string[]) {
  const rolls = (await intentsOf(table, clusterKey, 'roll-node-group')).filter(
    ({ data }) => data.upgradeId === upgrade?.id,
  );
  const ends = new Map(
    rolls.map(({ data: { subject, outcome } }) => [
      subject,
      outcome?.type === 'accepted' && outcome.observed?.status !== 'Successful' ? outcome.observed?.at : undefined,
    ]),
  );
  return groups.toSorted((a, b) => compareTexts(ends.get(a) ?? '', ends.get(b) ?? ''));
}

async function everyGroup(ports: StepPorts, context: StepContext, groups: readonly string[]): Promise<Listed> {
  const { name, scope, target } = context;
  const policy = await loadHopPolicy(ports, context);
  const baking = stillBaking(policy, context, ports.clock.now());
  if (baking !== undefined) return { ...baking, nodegroups: [] };
  const listed = reason('Listed', `${counted(groups.length, 'node group')} of ${name}.`);
  if (policy.wave?.rollNodes !== 'whenSkewRequires' || !policy.moreHops) return { ...done(listed), nodegroups: groups };
  const versions = await Promise.all(
    groups.map(async (nodegroupName) => {
      const { version } = await ports.eks.describeNodegroup(scope, { clusterName: name, nodegroupName });
      return { name: nodegroupName, version };
    }),
  );
  if (!nodesMayWait(policy, target, versions)) return { ...done(listed), nodegroups: groups };
  const said = `The nodes of ${name} stay as they are at ${target}: the next hop allows it (rollNodes: whenSkewRequires).`;
  return { ...done(reason('NodesLater', said)), nodegroups: [] };
}

/**
 * Between control plane and nodes a cluster runs for some time with its nodes behind, and can be rolled back cheaply: the upgrade parks. The time
 * counts from when the control plane was seen to arrive, or was found there. A finish, and a node group that a person rolls by itself, do not wait.
 */
function stillBaking({ wave }: HopPolicy, context: StepContext, now: Date): StepResult | undefined {
  const { upgrade } = context;
  if (wave?.bake === undefined || upgrade?.machine !== 'upgrade-cluster' || isFinish(upgrade)) return undefined;
  const { controlPlaneCompletedAt: arrivedAt, steps, to } = upgrade;
  const since = arrivedAt ?? steps['upgrade-control-plane']?.endedAt;
  if (since === undefined) return undefined;
  const until = new Date(Date.parse(since) + durationMilliseconds(wave.bake));
  if (until <= now) return undefined;
  const there = arrivedAt === undefined ? `was found at ${to} at` : `is at ${to} since`;
  const said = `The control plane ${there} ${since}; it bakes for ${wave.bake} before it goes on, until ${until.toISOString()}.`;
  return parked(until, reason('Baking', said));
}
