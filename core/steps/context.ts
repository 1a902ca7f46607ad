import { isDenied, isNotFound } from '../contracts/eks-errors.ts';
import { errorMessage } from '../contracts/errors.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Grant, Upgrade } from '../contracts/items/protocol.ts';
import { ACCEPTED_CONTRACTS, type MachineInput, parseMachineInput, type StepInput } from '../contracts/step-input.ts';
import { blocked, parked, reason, type StepResult } from '../contracts/step-result.ts';
import { clusterKey as keyOf, parseClusterArn } from '../model/cluster-key.ts';
import type { Cluster, Scope } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { type Asker, authority } from '../protocol/authority.ts';
import { ClusterNames, Clusters, Grants, namePartition, Upgrades } from '../store/entities.ts';
import { decode, load } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { deniedRetryAt } from './denied-retry.ts';

/** What every step knows of itself: for whom it acts, and by whose authority. */
export interface StepContext {
  readonly asker: Asker;
  readonly input: MachineInput;
  readonly scope: Scope;
  readonly name: string;
  readonly clusterKey: string;
  readonly target: KubeVersion;
  /** As read from EKS at the start of this invocation. */
  readonly cluster: Cluster;
  readonly record: ClusterRecord;
  /** Absent only for read-only machines that a person started. */
  readonly grant: Grant | undefined;
  readonly upgrade: Upgrade | undefined;
  readonly startedAt: Date;
}

export type StepPorts = Pick<Ports, 'table' | 'clock' | 'eks' | 'events'>;

/** The cluster whose grant this execution may act for, looked up by who asks; undefined when it may act for none. */
export async function grantOf(table: Ports['table'], arn: string, asker: Asker): Promise<Grant | undefined> {
  const at = parseClusterArn(arn);
  if (at === undefined) return undefined;
  for (const item of (await table.queryPartition(namePartition(at))).reverse()) {
    const name = decode(ClusterNames, item);
    const grant = await load(table, Grants, name.data.clusterKey);
    if (authority(grant?.data, asker) !== 'none') return grant?.data;
  }
  return undefined;
}

/**
 * Opens a step: parses its input, finds its grant, reads its cluster. Gives a result instead when there is nothing to act for: a
 * superseded execution, an unknown contract, a cluster that is gone. Fails with `InvalidInput`.
 */
export async function openStep(
  ports: StepPorts,
  stepInput: StepInput,
  needs: 'grant' | 'read',
): Promise<StepContext | StepResult> {
  const input = parseMachineInput(stepInput.input);
  if (input.contract !== undefined && !ACCEPTED_CONTRACTS.includes(input.contract)) {
    return parked(
      undefined,
      reason(
        'UnknownContract',
        `The execution speaks contract ${input.contract}; this version takes ${ACCEPTED_CONTRACTS.join(' and ')}.`,
      ),
    );
  }
  const arn = parseClusterArn(input.cluster);
  if (arn === undefined) throw new Error(`unreachable: ${input.cluster} was validated`);
  const scope: Scope = { account: arn.account, region: arn.region };
  const { arn: executionArn, name: executionName } = stepInput.execution;
  const asker: Asker = { arn: executionArn, name: executionName };
  const grant = await grantOf(ports.table, input.cluster, asker);
  if (grant === undefined && needs === 'grant') {
    return parked(
      undefined,
      reason('Superseded', 'This execution does not hold the grant of its cluster: another one does, or nobody.'),
    );
  }
  const upgrade =
    grant === undefined ? undefined : await load(ports.table, Upgrades, grant.clusterKey, grant.upgradeId);
  const described = await describe(ports, scope, arn.name, upgrade?.data.mutated === true);
  if (described !== undefined && 'denied' in described) return described.denied;
  const cluster = described;
  const key = grant?.clusterKey ?? (cluster === undefined ? undefined : keyOf(cluster.arn, cluster.createdAt));
  if (cluster === undefined || key !== keyOf(cluster.arn, cluster.createdAt)) {
    return blocked(
      reason(
        'Gone',
        `The cluster ${arn.name} was deleted${cluster === undefined ? '' : ' and another one was created under its name'}.`,
      ),
    );
  }
  const record = await load(ports.table, Clusters, key);
  if (record === undefined) {
    return blocked(
      reason(
        'UnknownCluster',
        `The cluster ${arn.name} is not in the inventory yet. Add its account and Region to the Fleet and wait for discovery.`,
      ),
    );
  }
  return {
    asker,
    input,
    scope,
    name: arn.name,
    clusterKey: key,
    target: KubeVersion.parse(input.targetVersion),
    cluster,
    record: record.data,
    grant,
    upgrade: upgrade?.data,
    startedAt: new Date(stepInput.execution.startTime),
  };
}

/** Undefined when the cluster is gone. A denial in the middle of an upgrade parks it; before its first change it is thrown, and blocks. */
async function describe(
  ports: StepPorts,
  scope: Scope,
  name: string,
  begun: boolean,
): Promise<Cluster | { denied: StepResult } | undefined> {
  try {
    return await ports.eks.describeCluster(scope, { name });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    if (!begun || !isDenied(error)) throw error;
    return {
      denied: parked(
        deniedRetryAt(ports),
        reason('Denied', `${name} cannot be read: ${errorMessage(error)} Run: liftlock access check`),
      ),
    };
  }
}

export const isResult = (opened: StepContext | StepResult): opened is StepResult =>
  'reasons' in opened && 'status' in opened && !('asker' in opened);
