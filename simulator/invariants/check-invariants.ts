import type { RunView } from '../process/run-view.ts';
import { fence, intentBefore, once } from './commit-invariants.ts';
import { oneHop, oneUpdate, order, skew } from './eks-invariants.ts';
import { caps } from './grant-invariants.ts';
import { historyOf, type Violation } from './history.ts';
import { budget, stopped, tagged, untouched } from './permission-invariants.ts';
import { atRest, unbrokenAudit, waveCounters } from './rest-invariants.ts';

/** Checks a run that has come to rest against the invariants of design.md §3. Windows, soak and approval come with their features. */
export async function checkInvariants(world: RunView): Promise<Violation[]> {
  const history = await historyOf(world);
  const checks = [
    oneUpdate,
    oneHop,
    skew,
    order,
    caps,
    budget,
    untouched,
    tagged,
    stopped,
    intentBefore,
    once,
    fence,
    unbrokenAudit,
    atRest,
    waveCounters,
  ];
  const violations: Violation[] = [];
  for (const check of checks) violations.push(...(await check(history)));
  return violations;
}
