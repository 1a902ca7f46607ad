import { isDenied, isNotFound, namedError } from '../contracts/errors.ts';
import type { Grant, Upgrade } from '../contracts/items/protocol.ts';
import {
  MACHINE_NAMES,
  type MachineName,
  NESTING_MACHINES,
  READ_ONLY_MACHINES,
  UNKNOWN_PRINCIPAL,
} from '../contracts/names.ts';
import { kindOf } from '../contracts/reasons.ts';
import { type MachineInput, parseMachineInput, type StepInput } from '../contracts/step-input.ts';
import { blocked, done, parked, type Reason, reason, type StepResult } from '../contracts/step-result.ts';
import { recordTags } from '../inventory/record-cluster.ts';
import { askedAgain } from '../model/asked-for.ts';
import { clusterKey, parseClusterArn } from '../model/cluster-key.ts';
import { hopId, hopRefusals, isRollback, rollbackId, rollbackRefusals } from '../model/hop.ts';
import type { Cluster } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { type Asker, authority, claimsToBeNested } from '../protocol/authority.ts';
import { type GrantRequest, grantUpgrade } from '../protocol/grant.ts';
import { HOP_MACHINES, sameUnderWay } from '../protocol/hop-before.ts';
import { findHopInHand, isGivenUpFor, keptBefore, pinnedBefore } from '../protocol/left-half-done.ts';
import { refuseRequest } from '../protocol/refuse-request.ts';
import { askedBack } from '../protocol/rollback.ts';
import { change, NOTHING, writeUnrecorded } from '../store/change.ts';
import { Clusters, Grants, loadRecordsOfName, Upgrades, upgradesOf } from '../store/entities.ts';
import { decideAndWrite, load, type Read, replace } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { deniedReason, grantOf, unknownContract } from './context.ts';

export type GrantPorts = Pick<Ports, 'table' | 'clock' | 'eks' | 'events' | 'executions' | 'ids'>;
export type GrantAnswer = StepResult & {
  /** It runs inside another execution, which concludes for it. */
  readonly nested: boolean;
};

/** Step Functions allows 80 characters, and `--upgrade-control-plane-cluster-0` is the longest suffix. */
const LONGEST_NAME = 46;

/**
 * The first step of every machine. The holder of a grant and its nested executions go on; an execution that a person started asks for a grant of its
 * own (protocol.md, Grants). Fails with `InvalidInput`.
 */
export async function requestGrant(ports: GrantPorts, stepInput: StepInput): Promise<GrantAnswer> {
  const input = parseMachineInput(stepInput.input);
  const machine = machineOf(stepInput.step);
  const asker: Asker = { arn: stepInput.execution.arn, name: stepInput.execution.name };
  const nested = claimsToBeNested(asker);
  const unknown = unknownContract(input);
  if (unknown !== undefined) return { ...unknown, nested };
  const grant = await grantOf(ports.table, input.cluster, asker);
  if (nested) {
    if (grant !== undefined && (await register(ports, grant, asker))) return { ...done(), nested };
    const said = `The name ${asker.name} claims a grant that is not open. Names with a dot, or with -- and a step at their end, are for nested executions.`;
    return { ...parked(undefined, reason('Superseded', said)), nested };
  }
  if (NESTING_MACHINES.includes(machine) && asker.name.length > LONGEST_NAME) {
    const said = `The execution's name has ${asker.name.length} characters; with more than ${LONGEST_NAME} its nested executions could not be named after it.`;
    return { ...blocked(reason('NameTooLong', said)), nested };
  }
  if (grant !== undefined || READ_ONLY_MACHINES.includes(machine)) return { ...done(), nested };
  const answer = await askByHand(ports, input, machine, asker);
  if (answer.status === 'blocked') await refuseRequestOf(ports, input, asker, answer.reasons);
  return { ...answer, nested };
}

/** Refuses what was recorded when somebody asked for it, for any cluster that has or had the name. */
async function refuseRequestOf(ports: GrantPorts, input: MachineInput, asker: Asker, reasons: readonly Reason[]) {
  const at = parseClusterArn(input.cluster);
  if (at === undefined) return;
  for (const { clusterKey } of await loadRecordsOfName(ports.table, at)) {
    const asked = (await upgradesOf(ports.table, clusterKey)).find(({ execution }) => execution === asker.arn);
    if (asked !== undefined) await refuseRequest(ports, asked, asker.arn, reasons);
  }
}

function machineOf(step: string): MachineName {
  const machine = MACHINE_NAMES.find((name) => name === step);
  if (machine === undefined) throw namedError('InvalidInput', `${step} is not a state machine of Liftlock.`);
  return machine;
}

/** A grant is freed only after its nested executions have ended, so each of them is recorded before it acts. */
function register(ports: GrantPorts, found: Read<Grant>, asker: Asker): Promise<boolean> {
  let seen: Read<Grant> | undefined = found;
  return decideAndWrite(async () => {
    const grant = seen ?? (await load(ports.table, Grants, found.data.clusterKey));
    seen = undefined;
    if (grant === undefined || authority(grant.data, asker) !== 'nested') return false;
    if (grant.data.children.includes(asker.arn)) return true;
    await writeUnrecorded(ports.table, [
      replace(Grants, grant, { ...grant.data, children: [...grant.data.children, asker.arn] }),
    ]);
    return true;
  });
}

async function askByHand(
  ports: GrantPorts,
  input: MachineInput,
  machine: MachineName,
  asker: Asker,
): Promise<StepResult> {
  const arn = parseClusterArn(input.cluster);
  if (arn === undefined) throw namedError('InvalidInput', `${input.cluster} is not the ARN of an EKS cluster.`);
  let cluster: Cluster;
  try {
    cluster = await ports.eks.describeCluster({ account: arn.account, region: arn.region }, { name: arn.name });
  } catch (error) {
    // Whoever asked by hand gets the denial at once, and does not wait until every try was denied.
    if (isDenied(error)) return blocked(deniedReason(error));
    if (!isNotFound(error)) throw error;
    return blocked(reason('UnknownCluster', `EKS knows no cluster ${arn.name} in ${arn.account}, ${arn.region}.`));
  }
  const target = KubeVersion.parse(input.targetVersion);
  const current = KubeVersion.parse(cluster.version);
  const key = clusterKey(cluster.arn, cluster.createdAt);
  const known = await load(ports.table, Clusters, key);
  if (known !== undefined) await recordTags(ports, known.data, cluster);
  const isHop = machine === 'upgrade-cluster';
  const inHand = isHop ? await findHopInHand(ports.table, key, target, current.equals(target)) : undefined;
  const { left, underWay } = inHand ?? {};
  if (underWay !== undefined) return blocked(sameUnderWay(underWay, arn.name));
  const isBack = machine === 'rollback-cluster';
  const begun = isBack ? await load(ports.table, Upgrades, key, rollbackId(target.next(), target)) : undefined;
  // Its control plane is back, and only its checks are left.
  const isLast = current.equals(target) && begun?.data.mutated === true && begun.data.status !== 'Succeeded';
  const wrong = HOP_MACHINES.includes(machine)
    ? hopRefusals(cluster, target)
    : isBack
      ? isLast
        ? []
        : rollbackRefusals(cluster.version, target)
      : versionRefusals(machine, input, current, target, arn.name);
  const refusals = left === undefined ? wrong : [];
  if (refusals.length > 0) return blocked(...refusals);
  const to = target.toString();
  const from = left?.from ?? (isBack ? target.next() : current).toString();
  const upgradeId =
    left?.id ?? (isHop ? hopId(current, to) : isBack ? rollbackId(from, to) : `${machine}-${asker.name}`);
  const asked = (await load(ports.table, Upgrades, key, upgradeId))?.data;
  const request: GrantRequest = {
    clusterKey: key,
    upgradeId,
    machine,
    from,
    to,
    // The API recorded who asked before it started this execution for them.
    requestedBy: asked?.execution === asker.arn ? asked.requestedBy : UNKNOWN_PRINCIPAL,
    input,
    asker,
  };
  const result = await grantUpgrade(ports, request);
  if ('granted' in result) return done(reason('Granted', `Grant ${result.granted.number} of ${arn.name}.`));
  // It waits for reasons that pass. A closed window, and anything that a person has to correct, is reported to whoever asked.
  if (!result.refused.every(({ code }) => kindOf(code) === 'passing')) return blocked(...result.refused);
  await parkRequest(ports, request, result.refused, left?.rolloutId !== undefined);
  return parked(undefined, ...result.refused);
}

/** Keeps the request: the reconciler starts it when nothing is in its way any more (protocol.md, Parking). */
function parkRequest(ports: GrantPorts, request: GrantRequest, reasons: readonly Reason[], isLeft: boolean) {
  return change(ports, async (now) => {
    const { clusterKey: key, upgradeId, machine, from, to, requestedBy, input, asker } = request;
    const read = await load(ports.table, Upgrades, key, upgradeId);
    // Somebody runs the same upgrade already, so nothing more is needed. In a rollout that has left it, nobody runs it.
    if (read?.data.status === 'Running' || (read?.data.status === 'Parked' && !isLeft)) return NOTHING;
    // Somebody has given it up since it was refused, so nothing is needed either.
    if (isGivenUpFor(asker, read?.data)) return NOTHING;
    // The upgrade that was recorded with the request is kept as a whole.
    const isPending = read?.data.status === 'Pending';
    const { resumeAt: _, ...base }: Upgrade = isPending
      ? read.data
      : {
          ...{ clusterKey: key, id: upgradeId, machine, from, to, status: 'Parked' },
          ...(await keptBefore(ports.table, read?.data)),
          ...pinnedBefore(read?.data),
          ...{ requestedBy, reasons: [], startedAt: now.toISOString() },
        };
    const upgrade: Upgrade = {
      ...base,
      ...askedAgain(base, requestedBy),
      ...{ status: 'Parked', reasons: [...reasons] },
      ...(asker === undefined ? {} : { execution: asker.arn }),
      ...(input === undefined ? {} : { input: { ...input } }),
    };
    const detail = { upgradeId, from, to, status: upgrade.status, mutated: upgrade.mutated, reasons };
    const held = isRollback(upgrade) ? await askedBack(ports.table, { ...request, upgradeId }, now) : [];
    return {
      ...NOTHING,
      writes: [replace(Upgrades, read, upgrade), ...held],
      record: [{ subject: key, event: 'UpgradeParked', principal: requestedBy, detail }],
    };
  });
}

/** Node groups and add-ons go to the control plane's own version; add-ons also go to a version that is valid on the next one. */
function versionRefusals(
  machine: MachineName,
  input: MachineInput,
  current: KubeVersion,
  target: KubeVersion,
  name: string,
) {
  if (machine === 'update-addons' && input.phase === 'before')
    return hopRefusals({ name, version: current.toString() }, target);
  if (current.equals(target)) return [];
  const said = `${name} is at ${current}; ${machine} goes to the control plane's own version, not to ${target}.`;
  return [reason('NotTheControlPlanesVersion', said)];
}
