import type { EffortReport } from '../../core/queries/effort-report.ts';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { START, servedWorld } from '../../test/material/cli/served-world.ts';

test('what people did and upgrades waited for is told against the period before, for people, programs and tickets', async () => {
  const served = await servedWorld();
  try {
    const run = (line: string) => runInProcess(line.split(' '), { url: served.url });
    expect((await run('report effort')).out).toContain('2 acts, 0 minutes waited. From');
    await run('fleet stop --reason why');
    await served.world.clock.runUntil(new Date(START.getTime() + 24 * 3_600_000));
    await run('fleet resume');
    await run('fleet stop --reason why');
    const report = JSON.parse((await run('report effort --since 23h -o json')).out) as EffortReport;
    expect([report.before, report.since]).toEqual([
      expect.stringMatching(/^2026-11-19T10/),
      expect.stringMatching(/^2026-11-20T09/),
    ]);
    expect(report.acts).toContainEqual({ hop: null, team: null, what: 'FleetStopped', now: 1, before: 1 });
    const table = (await run('report effort --since 23h')).out;
    expect(table).toMatch(/What people did, times:\nHOP +TEAM +ACT +NOW +BEFORE\n/);
    expect(table).toMatch(/- +- +FleetStopped +1 +1\n/);
    expect(table).toContain('Not recorded:');
    const markdown = (await run('report effort --since 23h -o markdown')).out;
    expect(markdown).toMatch(/^## Effort\n[\s\S]*\n\| - \| - \| FleetStopped \| 1 \| 1 \|\n/);
  } finally {
    await served.close();
  }
});
