import type { RunView } from '../process/run-view.ts';
import { checkApproval } from './check-approval.ts';
import { checkBudget } from './check-budget.ts';
import { checkCaps } from './check-caps.ts';
import { checkDisruption } from './check-disruption.ts';
import { checkAttempts, checkFence } from './check-fence.ts';
import { checkForced } from './check-forced.ts';
import { checkGrant } from './check-grant.ts';
import { checkHooks } from './check-hooks.ts';
import { checkLeftBehind } from './check-left-behind.ts';
import { checkOrder } from './check-order.ts';
import { checkProof } from './check-proof.ts';
import { checkReplan } from './check-replan.ts';
import { checkRollback } from './check-rollback.ts';
import { checkSoak } from './check-soak.ts';
import { checkStop } from './check-stop.ts';
import { checkWhole } from './check-whole.ts';
import { checkWindow } from './check-window.ts';
import { intentBefore, once } from './commit-invariants.ts';
import { oneHop, oneUpdate, order, skew } from './eks-invariants.ts';
import { checkHistory, type History, historyOf, type Violation } from './history.ts';
import { tagged, untouched } from './permission-invariants.ts';
import {
  atRest,
  noCordonLeft,
  noJobLeft,
  noSilenceLeft,
  rebuilds,
  unbrokenAudit,
  upToDateIsWhole,
  waveCounters,
} from './rest-invariants.ts';

/** Checks at every audit item, against the rules in force at that item. */
const CHECKS_OF_MOMENTS = [
  checkOrder,
  checkWindow,
  checkCaps,
  checkBudget,
  checkSoak,
  checkApproval,
  checkReplan,
  checkStop,
  checkAttempts,
  checkFence,
  checkGrant,
  checkWhole,
  checkProof,
  checkLeftBehind,
  checkRollback,
  checkDisruption,
  checkForced,
  checkHooks,
];

/** Checks of the whole history at once: the fake EKS's own log, and the final state of the table. */
const CHECKS_OF_HISTORY: readonly ((history: History) => Violation[] | Promise<Violation[]>)[] = [
  oneUpdate,
  oneHop,
  skew,
  order,
  untouched,
  tagged,
  intentBefore,
  once,
  unbrokenAudit,
  rebuilds,
  atRest,
  noCordonLeft,
  noJobLeft,
  noSilenceLeft,
  waveCounters,
  upToDateIsWhole,
];

/** Checks a run at rest against the invariants (docs/simulation.md, What is checked, names the file of each). */
export async function checkInvariants(world: RunView): Promise<Violation[]> {
  const history = await historyOf(world);
  const violations = checkHistory(history, CHECKS_OF_MOMENTS);
  for (const check of CHECKS_OF_HISTORY) violations.push(...(await check(history)));
  return violations;
}
