import { NOW, smallPlan } from '../../test/material/plan/small-plan.ts';
import { drawPlan } from './draw-plan.ts';

test('a cluster at its target is planned for the newer add-ons that its inventory tells, and the plan says what it rests on', () => {
  const addon = { name: 'dns', version: 'v1.0.0', compatible: true };
  const newer = [{ version: 'v1.1.0', seenOn: '2026-11-01' }];
  const clusters = [
    { name: 'old', version: '1.36', addons: [{ ...addon, newer }] },
    { name: 'whole', version: '1.36', addons: [{ ...addon, newer: [] }] },
  ];
  const { rules, inventory } = smallPlan({ clusters, policy: { patch: { addons: {} } } });
  const plan = drawPlan(rules, inventory, { now: NOW, seed: 1, runs: 3 });
  expect(plan.waves[0]?.clusters).toMatchObject([{ name: 'old', start: expect.stringMatching('^2026-11-20T08:00') }]);
  expect(plan.assumptions.join(' ')).toContain('Newer add-ons of the same minor are those that the inventory tells');
});
