import { NOW, smallPlan } from '../../test/material/plan/small-plan.ts';
import { drawPlan } from './draw-plan.ts';

test('whoever is left out and is moved by EKS within half a year is told so, and nobody who is through', () => {
  const paused = { 'liftlock/paused': 'true' };
  const { rules, inventory } = smallPlan({
    clusters: [
      { name: 'late', version: '1.31', tags: paused },
      { name: 'later', version: '1.36', tags: paused },
      { name: 'through', version: '1.31' },
    ],
    policy: { target: '1.32' },
  });
  const told = ({ excluded }: ReturnType<typeof drawPlan>) =>
    Object.fromEntries(excluded.map(({ name, message }) => [name, /EKS .* by force .*/.exec(message)?.[0]]));
  const plan = drawPlan(rules, inventory, { now: NOW, seed: 1, runs: 3 });
  expect(told(plan)).toEqual({
    late: 'EKS moves its control plane by force from 2026-11-26 on, at any time: its nodes and add-ons stay behind then.',
    later: undefined,
  });
  const same = smallPlan({ clusters: [{ name: 'through', version: '1.31' }], policy: { target: '1.31' } });
  expect(told(drawPlan(same.rules, same.inventory, { now: NOW, seed: 1, runs: 3 }))).toEqual({ through: undefined });
});

const held = { held: { reason: { code: 'UpdateFailed', message: 'no' }, since: '2026-11-19T08:00:00.000Z' } };

test.each<[string, object, boolean]>([
  ['is held since it failed', held, false],
  ['cannot be read', { unreachable: 'Access denied.' }, false],
  ['somebody has taken out on purpose', { tags: { 'liftlock/paused': 'true' } }, true],
])('a deadline is not met by leaving out who %s, whether others go or not', (_, state, feasible) => {
  const policy = { deadline: { beforeEndOf: 'extendedSupport', margin: '0s' }, target: '1.36' };
  const old = { name: 'old', version: '1.33', ...state };
  for (const others of [[{ name: 'new', version: '1.35' }], []]) {
    const { rules, inventory } = smallPlan({ clusters: [old, ...others], policy });
    const plan = drawPlan(rules, inventory, { now: NOW, seed: 1, runs: 3 });
    expect([plan.feasible, plan.deadlines.map((one) => one.feasible), plan.limitedBy?.kind]).toEqual([
      feasible,
      [feasible],
      feasible ? undefined : 'blockers',
    ]);
    if (feasible) continue;
    expect([plan.deadline?.slice(0, 4), plan.limitedBy?.change]).toEqual(['2027', expect.stringContaining('old')]);
  }
});
