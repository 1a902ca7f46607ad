import type { Grant, Upgrade } from '../contracts/items/protocol.ts';
import { NESTING_MACHINES } from '../contracts/names.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { holderOf } from './execution-name.ts';

/** The execution that asks, from its machine's context object: never from a person's input (protocol.md rule 2). */
export interface Asker {
  readonly arn: string;
  readonly name: string;
}

/** A name that says so claims to be nested; such an execution never asks for a grant of its own. */
export const claimsToBeNested = (asker: Asker): boolean => holderOf(asker.name) !== undefined;

/**
 * May this execution act for the grant? Only its holder and executions named after the holder may, and only while it is open. Only some machines
 * start others: under any other grant an execution that is named like a nested one was started by a person.
 */
export function authority(grant: Grant | undefined, asker: Asker): 'holder' | 'nested' | 'none' {
  if (grant === undefined || grant.status !== 'open') return 'none';
  if (grant.holder === asker.arn) return 'holder';
  return NESTING_MACHINES.includes(grant.machine) && holderOf(asker.name) === grant.executionName ? 'nested' : 'none';
}

/** Why an execution that acts for a grant does not: a person's input, which its name carried in, asks for another version than the upgrade goes to. */
export const otherTarget = ({ id, to }: Pick<Upgrade, 'id' | 'to'>, target: KubeVersion): Reason | undefined =>
  KubeVersion.parse(to).equals(target)
    ? undefined
    : reason(
        'OtherTarget',
        `This execution asks for ${target}, and its grant is of the upgrade ${id}, which goes to ${to}.`,
      );

/** Who has the grant of a cluster, for whoever has to wait for it. */
export const busyWith = (grant: Grant | undefined): readonly Reason[] =>
  grant === undefined || grant.status === 'free'
    ? []
    : [reason('GrantBusy', `The upgrade ${grant.upgradeId} holds the cluster's grant (${grant.executionName}).`)];
