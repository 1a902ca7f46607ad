import type { Grant, Upgrade } from '../contracts/items/protocol.ts';
import { NESTING_MACHINES } from '../contracts/names.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { clusterNameOf } from '../model/cluster-key.ts';
import { upgradeWords } from '../model/hop.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { holderOf } from './execution-name.ts';

/** The execution that asks. It comes from the context object of its machine, never from a person's input (protocol.md, Grants). */
export interface Asker {
  readonly arn: string;
  readonly name: string;
}

/** Whether an execution's name claims that it is nested in another one; such an execution never asks for a grant of its own. */
export const claimsToBeNested = (asker: Asker): boolean => holderOf(asker.name) !== undefined;

/**
 * Whether this execution may act for the grant. Only the holder and executions that are named after the holder may, and only while the grant is open.
 * Only some machines start others: under any other grant a person has started the execution that is named like a nested one.
 */
export function authority(grant: Grant | undefined, asker: Asker): 'holder' | 'nested' | 'none' {
  if (grant === undefined || grant.status !== 'open') return 'none';
  if (grant.holder === asker.arn) return 'holder';
  return NESTING_MACHINES.includes(grant.machine) && holderOf(asker.name) === grant.executionName ? 'nested' : 'none';
}

/**
 * The reason to refuse an execution whose input asks for another version than the upgrade of its grant goes to. A person may have started it with
 * that input under a fitting name.
 */
export const otherTarget = ({ id, to }: Pick<Upgrade, 'id' | 'to'>, target: KubeVersion): Reason | undefined =>
  KubeVersion.parse(to).equals(target)
    ? undefined
    : reason(
        'OtherTarget',
        `This execution asks for ${target}, and its grant is of the upgrade ${id}, which goes to ${to}.`,
      );

/** What has a grant, in words. */
export const nameOfGrant = ({ upgradeId, machine, input }: Grant): string =>
  upgradeWords({ id: upgradeId, machine, nodegroup: input.nodegroup }, `to ${input.targetVersion}`);

/**
 * The reason for everybody who has to wait for a cluster's grant, which names what has it. `asker`: the upgrade that waits; the grant may be that of
 * its own last execution, which is freed once all calls of that are settled.
 */
export function busyWith(grant: Grant | undefined, asker?: Pick<Upgrade, 'id' | 'status'>): readonly Reason[] {
  if (grant === undefined || grant.status === 'free') return [];
  if (asker?.id === grant.upgradeId && asker.status !== 'Running')
    return [
      reason('GrantBusy', 'What ran of it until now gives back the grant of the cluster, within a minute as a rule.'),
    ];
  const said = `${nameOfGrant(grant)} has the grant of the cluster, and gives it back when it parks or ends: liftlock explain cluster ${clusterNameOf(grant.clusterKey)}`;
  return [reason('GrantBusy', said)];
}
