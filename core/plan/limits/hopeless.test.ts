import fc from 'fast-check';
import { randomPlan } from '../../../test/material/plan/random-plan.ts';
import { NOW, smallPlan } from '../../../test/material/plan/small-plan.ts';
import { draw, meets } from '../drawn.ts';
import { offlineSnapshot } from '../offline-snapshot.ts';
import { AS_ESTIMATED } from '../plan-input.ts';
import { runForward } from '../run-forward.ts';
import { constraintsOf, isHopeless, reachedBy } from './limited-by.ts';

const DEADLINES = ['2026-11-21', '2026-11-24', '2026-12-04', { beforeEndOf: 'standardSupport', margin: '7d' }];

/** How many constraints were not drawn because their answer is known, and how many of those would have met every deadline. */
function told(): { readonly unreached: number; readonly hopeless: number; readonly wrong: number } {
  let [unreached, hopeless, wrong] = [0, 0, 0];
  const check = (given: Parameters<typeof smallPlan>[0], deadline: unknown): void => {
    const { rules, inventory } = smallPlan({ ...given, policy: { ...given.policy, deadline } });
    const drawn = draw(rules, inventory, NOW);
    if (drawn.deadlines.every((one) => meets(drawn, drawn.forward, one))) return;
    const until = Math.max(...drawn.deadlines.map(({ at = 0 }) => at));
    const reached = reachedBy(drawn, until);
    for (const constraint of constraintsOf(drawn, ['standard'])) {
      const input = { ...drawn.input, snapshot: offlineSnapshot(constraint.at(constraint.steps).rules, inventory) };
      const isReached = reached(constraint);
      if (isReached && !drawn.deadlines.some((one) => isHopeless(drawn, input, one))) continue;
      if (isReached) hopeless += 1;
      else unreached += 1;
      const forward = runForward(input, drawn.plans, AS_ESTIMATED, { until });
      if (drawn.deadlines.every((one) => meets(drawn, forward, one))) wrong += 1;
    }
  };
  fc.assert(fc.property(randomPlan, fc.constantFrom(...DEADLINES), check), { numRuns: 120, seed: 20_261_120 });
  return { unreached, hopeless, wrong };
}

test('where no plan is drawn for a constraint since its answer is known, the plan would have missed a deadline', () => {
  const { unreached, hopeless, wrong } = told();
  expect(wrong).toBe(0);
  // Both kinds occur often enough for a meaningful test.
  expect(unreached).toBeGreaterThan(20);
  expect(hopeless).toBeGreaterThan(20);
});
