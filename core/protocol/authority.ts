import type { Grant } from '../contracts/items/protocol.ts';

/** The execution that asks, from its machine's context object: never from a person's input (protocol.md rule 2). */
export interface Asker {
  readonly arn: string;
  readonly name: string;
}

/** Separates the holder's name from step, subject and number in the names of nested executions. */
const SEPARATOR = '.';

/** A name with a dot claims to be nested; such an execution never asks for a grant of its own. */
export const claimsToBeNested = (asker: Asker): boolean => asker.name.includes(SEPARATOR);

/** May this execution act for the grant? Only its holder and executions named after the holder may, and only while it is open. */
export function authority(grant: Grant | undefined, asker: Asker): 'holder' | 'nested' | 'none' {
  if (grant === undefined || grant.status !== 'open') return 'none';
  if (grant.holder === asker.arn) return 'holder';
  return asker.name.startsWith(`${grant.executionName}${SEPARATOR}`) ? 'nested' : 'none';
}
