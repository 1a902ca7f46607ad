import { drawPlan } from '../../core/plan/draw-plan.ts';
import { holds } from '../material/plan/random-plan.ts';
import { NOW, smallPlan } from '../material/plan/small-plan.ts';

test('every cluster is in exactly one wave or excluded, once', () => {
  holds((given) => {
    const { rules, inventory } = smallPlan(given);
    const { waves, excluded } = drawPlan(rules, inventory, { now: NOW, seed: 1, runs: 1 });
    const names = [
      ...waves.flatMap(({ clusters }) => clusters.map(({ name }) => name)),
      ...excluded.map(({ name }) => name),
    ];
    expect(names.sort()).toEqual(inventory.clusters.map(({ name }) => name).sort());
  });
});

test('the same input gives the same plan', () => {
  holds((given) => {
    const plan = () => {
      const { rules, inventory } = smallPlan(given);
      return JSON.stringify(drawPlan(rules, inventory, { now: NOW, seed: 7, runs: 2 }));
    };
    expect(plan()).toBe(plan());
  }, 40);
});
