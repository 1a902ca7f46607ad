import type { Grant } from '../contracts/items/protocol.ts';
import { holderOf } from './execution-name.ts';

/** The execution that asks, from its machine's context object: never from a person's input (protocol.md rule 2). */
export interface Asker {
  readonly arn: string;
  readonly name: string;
}

/** A name that says so claims to be nested; such an execution never asks for a grant of its own. */
export const claimsToBeNested = (asker: Asker): boolean => holderOf(asker.name) !== undefined;

/** May this execution act for the grant? Only its holder and executions named after the holder may, and only while it is open. */
export function authority(grant: Grant | undefined, asker: Asker): 'holder' | 'nested' | 'none' {
  if (grant === undefined || grant.status !== 'open') return 'none';
  if (grant.holder === asker.arn) return 'holder';
  return holderOf(asker.name) === grant.executionName ? 'nested' : 'none';
}
