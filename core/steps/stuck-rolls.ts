import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import type { Intent } from '../contracts/items/protocol.ts';
import { readCode } from '../contracts/reasons.ts';
import { loadForcedAfter } from '../policy/forced-after.ts';
import type { Nodegroup } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { isOfThisTry } from '../protocol/intent-store.ts';
import type { Read } from '../store/entity.ts';
import type { StepContext } from './context.ts';

/** EKS's error for a node whose pods were not evicted within 15 minutes (facts: eks.md §5.1). */
export const NOT_EVICTED = readCode('PodEvictionFailure');

export interface StuckRolls {
  /** Those of the group that EKS has ended because pods stayed, in order. */
  readonly stuck: readonly Intent[];
  /** Whether the policy has the group rolled once more without force. */
  readonly hasTries: boolean;
  /** From when on its next roll is sent by force; undefined = never. */
  readonly forcedFrom: Date | undefined;
  /** Whether a roll by force is committed and was not sent, as far as is known. */
  readonly isForceOpen: boolean;
}

/**
 * The rolls of a group in which pods stayed, since the upgrade was last begun or tried again by a person. Where a roll has succeeded since, nothing has
 * stayed, nor where the group was made anew under its name. `force` is sent once: only where the policy names the cluster, and as long after the
 * beginning of the first of these rolls as the policy says (docs/policies.md, Rolls that budgets stop).
 * @param rolls every intent of the group's rolls
 */
export async function stuckRolls(
  ports: Pick<Ports, 'table'>,
  context: Pick<StepContext, 'record' | 'upgrade'>,
  rolls: readonly Read<Intent>[],
  { createdAt }: Pick<Nodegroup, 'createdAt'>,
  spec: Pick<UpgradePolicySpec, 'nodes'> | undefined,
): Promise<StuckRolls> {
  const own = rolls.map(({ data }) => data).filter((intent) => isOfThisTry(intent, context.upgrade));
  const made = createdAt?.toISOString() ?? '';
  const ofThisGroup = own.filter(({ committedAt }) => committedAt >= made);
  const rolledLast = ofThisGroup.findLastIndex((intent) => observedOf(intent)?.status === 'Successful');
  const stuck = ofThisGroup.slice(rolledLast + 1).filter(isStuckRoll);
  const [first] = stuck;
  const wasForced = ofThisGroup.some((intent) => isForced(intent) && intent.outcome?.type === 'accepted');
  const after = first === undefined || wasForced ? undefined : await loadForcedAfter(ports, context.record, spec);
  const forcedFrom =
    first === undefined || after === undefined
      ? undefined
      : new Date(Date.parse(first.committedAt) + durationMilliseconds(after));
  const isForceOpen = own.some((intent) => isForced(intent) && intent.outcome === undefined);
  const hasTries = stuck.length <= (spec?.nodes?.podEvictionFailure?.retries ?? 0);
  return { stuck, hasTries, forcedFrom, isForceOpen };
}

/** When EKS ended the roll, as it was seen. */
export const endOf = (intent: Intent): number => Date.parse(observedOf(intent)?.at ?? intent.committedAt);

/** Whether the roll deletes pods whose budgets do not let them go. */
export const isForced = ({ call }: Pick<Intent, 'call'>): boolean =>
  call.name === 'UpdateNodegroupVersion' && call.input.force === true;

const observedOf = ({ outcome }: Intent) => (outcome?.type === 'accepted' ? outcome.observed : undefined);

const isStuckRoll = (intent: Intent): boolean =>
  observedOf(intent)?.errors.some(({ code }) => code === NOT_EVICTED) === true;
