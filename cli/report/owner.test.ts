import type { OwnerReport } from '../../core/queries/owner-report.ts';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { servedWorld } from '../../test/material/cli/served-world.ts';
import { attributesClass as attributesClassOf, OLD } from '../../test/material/kubernetes/attributes-class.ts';

const attributesClass = attributesClassOf(OLD, undefined, { team: 'storage' });

test('an owner reads what stops its clusters with cause, repair and dates, for people, programs and tickets', async () => {
  const served = await servedWorld([{ name: 'workers' }]);
  try {
    const { clock, eks } = served.world;
    for (const cluster of Object.values(eks.state.clusters))
      if (cluster.name === 'web') {
        cluster.kubernetes.objects = [attributesClass];
        cluster.tags = { ...cluster.tags, team: 'platform' };
      }
    const sleep = () => clock.runUntil(new Date(clock.now().getTime() + 60_000));
    const run = (line: string) => runInProcess(line.split(' '), { url: served.url, sleep });
    await served.world.invoke('discover-clusters', {});
    await run('scan cluster web --target 1.37');

    const json = await run('report owner storage -o json');
    const report = JSON.parse(json.out) as OwnerReport;
    expect([json.code, report.owner, report.clusterCount, report.items.length]).toEqual([6, 'storage', 0, 1]);
    const [item] = report.items;
    expect(item).toMatchObject({ cluster: expect.stringMatching(/\.web$/), target: '1.37', stops: true });
    expect(item?.fixes).not.toEqual([]);
    expect(item?.since).toMatch(/^20/);

    const table = await run('report owner storage');
    expect(table.out).toContain('storage owns 0 clusters, and has 1 thing to mend; 1 of them stops a hop.');
    expect(table.out).toContain(`fix: ${item?.fixes[0]}`);
    const markdown = await run('report owner storage -o markdown');
    expect(markdown.out).toMatch(/^## storage\n/);
    expect(markdown.out).toMatch(/\n\| Before \| .*\n\| --- .*\n\| .* \| 1\.37, stops it \| /);

    const unlooked = await run('report owner platform');
    expect(unlooked.out).toMatch(
      /^platform owns 1 cluster\. Nothing is known that it has to mend, and of 1 cluster too little is known to tell\.\n+Not known:\n {2}.*\.web\.\n$/,
    );
    await run('scan cluster web');
    const unfound = await run('report owner platform');
    expect(unfound.out).toBe(
      'platform owns 1 cluster, and neither a look at a cluster nor a hop has found anything that it has to mend.\n',
    );

    const nothing = await run('report owner nobody');
    expect([nothing.code, nothing.out]).toEqual([
      0,
      'nobody owns 0 clusters, and no finding that is known is its. Names count as labels have them: liftlock get clusters -o wide, liftlock scan fleet.\n',
    ]);
  } finally {
    await served.close();
  }
});
