import { quoted } from '../../core/contracts/step-result.ts';
import type { ReadinessReport } from '../../core/queries/readiness-report.ts';
import { ClusterControls, Clusters } from '../../core/store/entities.ts';
import { loadKind, put } from '../../core/store/entity.ts';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { START, servedWorld } from '../../test/material/cli/served-world.ts';
import { attributesClass as attributesClassOf, OLD } from '../../test/material/kubernetes/attributes-class.ts';

const ID = '111111111111.us-east-1.twin';
const attributesClass = attributesClassOf(OLD, undefined, { team: 'storage' });

test('since when a cluster is stopped and by what, how it ended, and the days of the fleet are told to people, programs and tickets', async () => {
  const served = await servedWorld([{ name: 'workers' }]);
  try {
    const { world } = served;
    const { clock, eks } = world;
    const sleep = () => clock.runUntil(new Date(clock.now().getTime() + 60_000));
    const run = (line: string) => runInProcess(line.split(' '), { url: served.url, sleep });
    const twin = Object.values(eks.state.clusters).find(
      ({ name, region }) => name === 'twin' && region === 'us-east-1',
    );
    const look = async (objects: readonly object[]) => {
      if (twin !== undefined) twin.kubernetes.objects = [...objects] as never;
      await run(`scan cluster ${ID} --target 1.37`);
      await world.invoke('refresh-readiness', {});
    };
    expect((await run('report readiness')).out).toContain(
      '0 clusters stopped, 0 still so. Last hourly look: none yet.',
    );
    await look([attributesClass]);
    const stopped = JSON.parse((await run('report readiness --since 7d -o json')).out) as ReadinessReport;
    const [one] = stopped.clusters;
    expect([stopped.clusters.length, one?.verdict, one?.ended]).toEqual([1, 'blocked', []]);
    expect(one?.causes).toMatchObject([
      { owner: 'storage', target: '1.37', since: expect.stringMatching(/^2026-11-20T08/) },
    ]);
    expect(stopped.days).toMatchObject([{ date: '2026-11-20', counts: { blocked: 1, incomplete: 3 } }]);
    const [cause] = one?.causes ?? [];
    expect((await run(`explain cluster ${ID}`)).out).toContain(`; blocked since ${cause?.since} (`);
    expect((await run(`describe cluster ${ID}`)).out).toContain(`; blocked since ${cause?.since} (`);

    await clock.runUntil(new Date(START.getTime() + 2 * 86_400_000));
    await look([]);
    const table = (await run('report readiness --since 2026-11-20')).out;
    expect(table).toMatch(/1 cluster stopped, 0 still so\. Last hourly look: 2026-11-22T08:\S+Z\.\n/);
    expect(table).toMatch(
      /twin +storage +1\.37 +storage\.k8s\.io\/v1beta1 VolumeAttributesClass is not served from Kubernetes 1\.37 on\. \(VolumeAttributesClass fast\) +2026-11-20T08\S+ +2026-11-22T08\S+ +no longer there; who mended it is not/,
    );
    expect(table).toMatch(
      /DAY +READY +READY AFTER HOPS +BLOCKED +INCOMPLETE +STALE\n2026-11-20 +0 +0 +1 +3 +0\n2026-11-22 +1 +0 +0 +/,
    );
    const markdown = (await run('report readiness -o markdown')).out;
    expect(markdown).toMatch(/\n\| DAY \| READY .*\n\| --- .*\n\| 2026-11-20 \| 0 \| 0 \| 1 \| 3 \| 0 \|/);
    // A problem that ended earlier is not shown.
    expect((await run('report readiness --since 5s')).code).toBe(2);
    await clock.runUntil(new Date(START.getTime() + 4 * 86_400_000));
    const later = (await run('report readiness --since 1d')).out;
    expect(later).toContain(': 0 clusters stopped');
    expect((await run(`describe cluster ${ID}`)).out).not.toContain('blocked since');
  } finally {
    await served.close();
  }
});

test('a held cluster counts as blocked in the days, so it is told as stopped, by its hold and as long as that is in force', async () => {
  const served = await servedWorld();
  try {
    const { world } = served;
    const run = (line: string) => runInProcess(line.split(' '), { url: served.url });
    const web = (await loadKind(world.table, Clusters)).find(({ name }) => name === 'web');
    const since = world.clock.now().toISOString();
    const held = { reason: quoted('UpdateFailed', 'The update failed.'), since };
    await world.table.transact([put(ClusterControls, { clusterKey: web?.clusterKey ?? '', held }, 'absent')]);
    await world.invoke('refresh-readiness', {});
    const { out } = await run('report readiness');
    expect(out).toContain('1 cluster stopped, 1 still so.');
    expect(out).toMatch(new RegExp(`\\S+web +- +- +The update failed\\. +${since} +- +holds it`));
    expect(out).toMatch(/DAY .*BLOCKED.*\n2026-11-20 +0 +0 +1 /);
    const { clusters } = JSON.parse((await run('report readiness -o json')).out) as ReadinessReport;
    expect(clusters).toMatchObject([{ verdict: 'blocked', since, held, causes: [] }]);
    await run('release cluster web');
    expect((await run('report readiness')).out).toContain('0 clusters stopped, 0 still so.');
  } finally {
    await served.close();
  }
});

test.each(['yesterday', '500d', '2027-01-01', '2026-13-40'])('a period that is none is refused: %s', async (since) => {
  const served = await servedWorld();
  try {
    const answer = await runInProcess(['report', 'readiness', '--since', since], { url: served.url });
    expect([answer.code, answer.err]).toEqual([2, expect.stringContaining(`since ${since} is `)]);
  } finally {
    await served.close();
  }
});
