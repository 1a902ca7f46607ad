import { drawPlan } from '../../core/plan/draw-plan.ts';
import { NOW, smallPlan } from '../../test/material/plan/small-plan.ts';
import { planLines } from './plan-text.ts';

test('a command ends before what else a cluster waits for', () => {
  const scans = [{ target: '1.36', scannedAt: '2026-11-19T08:00:00.000Z', verdict: 'incomplete', gaps: 2 }];
  const clusters = [{ name: 'a' }, { name: 'blind', scans }];
  const { rules, inventory } = smallPlan({ clusters, policy: { waves: [{ name: 'all', maxConcurrency: 1 }] } });
  const lines = planLines(drawPlan(rules, inventory, { now: NOW, seed: 1, runs: 3 }), (_, text) => text);
  expect(lines.join('\n')).toMatch(/Run: liftlock scan cluster blind; 1 of at most 1 /);
});
