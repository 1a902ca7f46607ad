import { NOW, smallPlan } from '../../test/material/plan/small-plan.ts';
import { drawPlan } from './draw-plan.ts';

test('clusters of one name are told apart in a plan, in its commands too, and no others have their ids', () => {
  const scans = [{ target: '1.36', scannedAt: '2026-11-19T08:00:00.000Z', verdict: 'incomplete', gaps: 2 }];
  const begun = { state: 'Upgrading', policy: 'standard', scans };
  const twins = ['111111111111', '222222222222'].map((account) => ({ name: 'web', account, ...begun }));
  const { rules, inventory } = smallPlan({ clusters: [...twins, { name: 'lone', ...begun }] });
  const { waves, limitedBy, running } = drawPlan(rules, inventory, { now: NOW, seed: 1, runs: 3 });
  const commands = waves.flatMap(({ clusters }) => clusters.flatMap(({ reasons }) => reasons[0]?.message ?? []));
  const ids = ['111111111111.eu-central-1.web', '222222222222.eu-central-1.web'];
  const named = commands.flatMap((text) => /cluster (\S+)$/.exec(text)?.[1] ?? []).sort();
  expect(named).toEqual([...ids, 'lone']);
  for (const id of ids)
    expect([limitedBy?.change, running[0]?.message]).toEqual(Array(2).fill(expect.stringContaining(id)));
});
