import { errorMessage, errorName } from '../contracts/errors.ts';
import type { Grant, Upgrade } from '../contracts/items/protocol.ts';
import type { ReconcileMarker } from '../contracts/items/rollout.ts';
import type { Ports } from '../ports/ports.ts';
import { resolveIntents } from '../protocol/free-grant.ts';
import { isContention, type Read } from '../store/entity.ts';
import { applyDecision } from './apply-decision.ts';
import type { Decision } from './decisions.ts';
import { type LookedAfter, lookAfterGrant } from './look-after-grant.ts';
import type { FleetSnapshot } from './snapshot.ts';

type CarryPorts = Pick<Ports, 'table' | 'eks' | 'executions' | 'events' | 'clock' | 'hooks' | 'ids'>;

export interface Problem {
  readonly decision: string;
  readonly error: string;
  readonly message: string;
}
/** `changed`: others may go on by that. */
export type Carried = 'changed' | 'unchanged' | Problem;

/** A grant that is freed when EKS has said what its execution had begun last. */
export interface LostGrant {
  readonly grant: Grant;
  readonly upgrade: Upgrade | undefined;
}

interface Look {
  readonly snapshot: FleetSnapshot;
  readonly marker: Read<ReconcileMarker>;
  readonly endedExecution: string | undefined;
}

/** Carries out one decision without asking EKS. One that fails never stops the others: one bad cluster must not stop the fleet. */
export function carryOut(
  ports: CarryPorts,
  decision: Decision,
  { snapshot, marker, endedExecution }: Look,
): Promise<Carried | { readonly lost: LostGrant }> {
  return orProblem<{ readonly lost: LostGrant }>(decision.type, async () => {
    if (decision.type !== 'look-after-grant') {
      await applyDecision(ports, decision, marker);
      return 'changed';
    }
    const { grant } = decision;
    const upgrade = snapshot.upgrades.find((one) => one.clusterKey === grant.clusterKey && one.id === grant.upgradeId);
    const resolve = () => resolveIntents(ports, grant.clusterKey, true);
    const looked = await lookAfterGrant(ports, grant, upgrade, endedExecution, resolve);
    return looked === 'asks-eks' ? { lost: { grant, upgrade } } : carriedBy(looked);
  });
}

/**
 * Frees the grants that EKS has to be asked for, all at once: where it does not answer, each takes most of a minute, and none may keep the others
 * waiting. As many are asked for as caps let be in flight, each account and Region at its own rate. What EKS has said is kept with the intents, so that
 * a tick that is ended meanwhile has lost nothing.
 */
export async function freeLost(ports: CarryPorts, lost: readonly LostGrant[]): Promise<Carried[]> {
  const asked = lost.map((one) => ({ ...one, said: resolveIntents(ports, one.grant.clusterKey) }));
  await Promise.allSettled(asked.map(({ said }) => said));
  const carried: Carried[] = [];
  for (const { grant, upgrade, said } of asked) {
    // One that was open when it was read has been closed since, or EKS would not be asked.
    const closing: Grant = { ...grant, status: 'closing' };
    carried.push(
      await orProblem('look-after-grant', async () =>
        carriedBy(await lookAfterGrant(ports, closing, upgrade, undefined, () => said)),
      ),
    );
  }
  return carried;
}

const carriedBy = (looked: LookedAfter): Carried => (looked === 'freed' ? 'changed' : 'unchanged');

async function orProblem<More = never>(
  decision: Decision['type'],
  carry: () => Promise<Carried | More>,
): Promise<Carried | More> {
  try {
    return await carry();
  } catch (error) {
    // Somebody else moved it: the next tick decides anew.
    if (isContention(error)) return 'unchanged';
    return { decision, error: errorName(error), message: errorMessage(error) };
  }
}
