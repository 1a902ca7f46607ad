import type { QuarterReport } from '../../core/queries/quarter-report.ts';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { servedWorld } from '../../test/material/cli/served-world.ts';

test('what a period came to is told to people, programs and tickets', async () => {
  const served = await servedWorld();
  try {
    const run = (line: string) => runInProcess(line.split(' '), { url: served.url });
    await run('fleet stop --reason why');
    const report = JSON.parse((await run('report quarter --since 7d -o json')).out) as QuarterReport;
    expect([report.clusters, report.minorsMoved]).toEqual([{ atEnd: 4, moved: 0 }, 0]);
    const table = (await run('report quarter')).out;
    expect(table).toMatch(
      /0 minors moved on 0 clusters of 4; 0 failed, 0 rolled back, 0 blocked\. 0 hours past standard support, \$0\.00/,
    );
    expect(table).toMatch(/FleetStopped +1\n/);
    expect(table).toContain('Not recorded:');
    expect((await run('report quarter -o markdown')).out).toMatch(/^## Quarter\n[\s\S]*\n\| FleetStopped \| 1 \|\n/);
    const refused = await run('report quarter --since 2026-11-01 --until never');
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('until never is no date')]);
  } finally {
    await served.close();
  }
});
