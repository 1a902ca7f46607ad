import { durationMilliseconds } from '../config/schema/quantities.ts';
import type { UpgradePolicySpec } from '../config/types.ts';
import type { Intent } from '../contracts/items/protocol.ts';
import { readCode } from '../contracts/reasons.ts';
import { loadForcedAfter } from '../policy/forced-after.ts';
import type { Ports } from '../ports/ports.ts';
import { intentsOf } from '../protocol/intent-store.ts';
import { isOfThisTry } from './act.ts';
import type { StepContext } from './context.ts';

/** EKS's error for a node whose pods were not evicted within 15 minutes (facts: eks.md §5.1). */
export const NOT_EVICTED = readCode('PodEvictionFailure');

export interface StuckRolls {
  /** How many rolls of the group EKS has ended because pods stayed, since the upgrade was last begun or tried again by a person. */
  readonly failures: number;
  /** From when on its next roll is sent by force; undefined = never. */
  readonly forcedFrom: Date | undefined;
  /** Whether a roll by force is committed and was not sent, as far as is known. */
  readonly isForceOpen: boolean;
}

/**
 * The rolls of a group in which pods stayed. `force` is sent once: only where the policy names the cluster, and as long after the beginning of the
 * first of these rolls as the policy says (docs/policies.md, Rolls that budgets stop). Where a roll has succeeded since, nothing has stayed.
 */
export async function loadStuckRolls(
  ports: Pick<Ports, 'table'>,
  context: StepContext,
  group: string,
  spec: Pick<UpgradePolicySpec, 'nodes'> | undefined,
): Promise<StuckRolls> {
  const intents = await intentsOf(ports.table, context.clusterKey, 'roll-node-group');
  const own = intents
    .map(({ data }) => data)
    .filter((intent) => intent.subject === group && isOfThisTry(intent, context.upgrade));
  const stuck = own.filter(isStuckRoll);
  const rolled = own.filter((intent) => observedOf(intent)?.status === 'Successful').map(({ attempt }) => attempt);
  const [first] = stuck
    .filter(({ attempt }) => attempt > Math.max(0, ...rolled))
    .map(({ committedAt }) => committedAt)
    .sort();
  const wasForced = own.some((intent) => isForced(intent) && intent.outcome?.type === 'accepted');
  const after = first === undefined || wasForced ? undefined : await loadForcedAfter(ports, context.record, spec);
  const forcedFrom =
    first === undefined || after === undefined ? undefined : new Date(Date.parse(first) + durationMilliseconds(after));
  const isForceOpen = own.some((intent) => isForced(intent) && intent.outcome === undefined);
  return { failures: stuck.length, forcedFrom, isForceOpen };
}

/** Whether the roll deletes pods whose budgets do not let them go. */
export const isForced = ({ call }: Pick<Intent, 'call'>): boolean =>
  call.name === 'UpdateNodegroupVersion' && call.input.force === true;

const observedOf = ({ outcome }: Intent) => (outcome?.type === 'accepted' ? outcome.observed : undefined);

const isStuckRoll = (intent: Intent): boolean =>
  observedOf(intent)?.errors.some(({ code }) => code === NOT_EVICTED) === true;
