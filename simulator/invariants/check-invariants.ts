import type { RunView } from '../process/run-view.ts';
import { intentBefore, once } from './commit-invariants.ts';
import { oneHop, oneUpdate, order, skew } from './eks-invariants.ts';
import { type History, historyOf, type Violation } from './history.ts';
import { judgeHistory } from './judge.ts';
import { judgeApproval } from './judge-approval.ts';
import { judgeBudget } from './judge-budget.ts';
import { judgeCaps } from './judge-caps.ts';
import { judgeAttempts, judgeFence } from './judge-fence.ts';
import { judgeGrant } from './judge-grant.ts';
import { judgeLeftBehind } from './judge-left-behind.ts';
import { judgeOrder } from './judge-order.ts';
import { judgeProof } from './judge-proof.ts';
import { judgeReplan } from './judge-replan.ts';
import { judgeSoak } from './judge-soak.ts';
import { judgeStop } from './judge-stop.ts';
import { judgeWhole } from './judge-whole.ts';
import { judgeWindow } from './judge-window.ts';
import { tagged, untouched } from './permission-invariants.ts';
import { rebuilds } from './rebuild-invariants.ts';
import { atRest, unbrokenAudit, upToDateIsWhole, waveCounters } from './rest-invariants.ts';

/** Judged at every audit item, against what was in force at that item. */
const JUDGES = [
  judgeOrder,
  judgeWindow,
  judgeCaps,
  judgeBudget,
  judgeSoak,
  judgeApproval,
  judgeReplan,
  judgeStop,
  judgeAttempts,
  judgeFence,
  judgeGrant,
  judgeWhole,
  judgeProof,
  judgeLeftBehind,
];

/** Judged over the whole history at once: the fake EKS's own log, and what is left in the table. */
const CHECKS: readonly ((history: History) => Violation[] | Promise<Violation[]>)[] = [
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
  waveCounters,
  upToDateIsWhole,
];

/** Checks a run that has come to rest against the invariants of design.md §3 (docs/simulation.md says which file judges which). */
export async function checkInvariants(world: RunView): Promise<Violation[]> {
  const history = await historyOf(world);
  const violations = judgeHistory(history, JUDGES);
  for (const check of CHECKS) violations.push(...(await check(history)));
  return violations;
}
