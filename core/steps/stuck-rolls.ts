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
}

/**
 * The rolls of a group in which pods stayed. `force` is sent once: only where the policy names the cluster, and as long after the beginning of the
 * first of these rolls as the policy says (docs/policies.md, Rolls that budgets stop).
 */
export async function loadStuckRolls(
  ports: Pick<Ports, 'table'>,
  context: StepContext,
  group: string,
  spec: Pick<UpgradePolicySpec, 'nodes'> | undefined,
): Promise<StuckRolls> {
  const intents = await intentsOf(ports.table, context.clusterKey, 'roll-node-group');
  const stuck = intents.map(({ data }) => data).filter((intent) => isStuckRoll(intent, group, context.upgrade));
  const [first] = stuck.map(({ committedAt }) => committedAt).sort();
  const after =
    first === undefined || stuck.some(isForced) ? undefined : await loadForcedAfter(ports, context.record, spec);
  const forcedFrom =
    first === undefined || after === undefined ? undefined : new Date(Date.parse(first) + durationMilliseconds(after));
  return { failures: stuck.length, forcedFrom };
}

/** Whether the roll deletes pods whose budgets do not let them go. */
export const isForced = ({ call }: Pick<Intent, 'call'>): boolean =>
  call.name === 'UpdateNodegroupVersion' && call.input.force === true;

/** Failures before a person had the upgrade tried again do not count. */
function isStuckRoll(intent: Intent, group: string, upgrade: StepContext['upgrade']): boolean {
  const { subject, outcome } = intent;
  if (subject !== group || !isOfThisTry(intent, upgrade) || outcome?.type !== 'accepted') return false;
  return outcome.observed?.errors.some(({ code }) => code === NOT_EVICTED) === true;
}
