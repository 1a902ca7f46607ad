import { decide } from '../../core/rollout/decide.ts';
import { loadSnapshot } from '../../core/rollout/load-snapshot.ts';
import { ReconcileMarkers } from '../../core/store/entities.ts';
import { load } from '../../core/store/entity.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import type { World } from '../../simulator/process/world.ts';
import { clusterArn, hours, memberOf, smallFleet, wavesOf } from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

const MINUTE = 60_000;
const wave = (name: string, more = {}) => ({ name, selector: { matchLabels: { stage: name } }, ...more });
const waves = [wave('dev', { maxConcurrency: 1, failureBudget: { maxFailures: 2 }, soak: '2h' }), wave('prod')];
const arm = { nodegroups: [{ name: 'workers', amiType: 'BOTTLEROCKET_ARM_64' }] };
const fleet = (clusters: Parameters<typeof smallFleet>[0]['clusters'], broken: readonly string[] = []) =>
  smallFleet({ clusters, policy: { waves }, prepare: failing(...broken) });

/**
 * Decides from what a tick reads and from everything that waits, every few minutes. Gives how many clusters those ticks left unread, and how
 * many of them read nothing beside what is not at rest.
 */
async function compare(world: World, looks: number): Promise<{ clusters: number; watched: number }> {
  let clusters = 0;
  let watched = 0;
  for (let look = 0; look < looks; look += 1) {
    const until = new Date(world.clock.now().getTime() + 7 * MINUTE);
    await runWorld(world, { until, quietHours: 1_000 });
    if ((await load(world.table, ReconcileMarkers))?.data.dirtySince !== undefined) continue;
    const active = await world.table.queryActive();
    const now = world.clock.now();
    const [turn, all] = [
      await loadSnapshot(world.table, active, 'turn'),
      await loadSnapshot(world.table, active, 'fleet'),
    ];
    clusters += turn.unread?.size ?? 0;
    if (turn.fleet === undefined) watched += 1;
    const [decided, wanted] = [decide(turn, now), decide(all, now)];
    expect(decided.decisions).toEqual(wanted.decisions);
    expect(decided.waiting.map(({ clusterKey }) => clusterKey)).toEqual(
      wanted.waiting.map(({ clusterKey }) => clusterKey),
    );
  }
  return { clusters, watched };
}

test('a tick decides from the clusters whose turn it is what it would decide from all that wait', async () => {
  const world = await fleet([...staged('dev', ['a', 'b', 'c']), ...staged('prod', ['p', 'q'])]);
  const unread = await compare(world, 60);
  expect(unread.clusters).toBeGreaterThan(30);
  expect(unread.watched).toBeGreaterThan(10);
});

test('it decides the same while failures have something in common', async () => {
  const clusters = [...staged('dev', ['a', 'b', 'c', 'd']), ...staged('prod', ['p', 'q'])].map((one) =>
    ['b', 'c', 'p'].includes(one.name) ? { ...one, ...arm } : one,
  );
  const world = await fleet(clusters, ['b']);
  await compare(world, 60);
  expect((await memberOf(world, 'p')).reasons[0]?.code).toBe('SuspiciousTrait');
});

test('who is taken out of a later wave is out before its turn', async () => {
  const world = await fleet([...staged('dev', ['a', 'b']), ...staged('prod', ['p', 'q'])]);
  await hours(world, 0.5);
  const p = Object.values(world.eks.state.clusters).find(({ arn }) => arn === clusterArn('p'));
  if (p === undefined) throw new Error('no cluster p');
  p.tags['liftlock/paused'] = 'true';
  await hours(world, 0.75);
  expect((await wavesOf(world)).find(({ name }) => name === 'prod')?.status).toBe('Pending');
  expect(await memberOf(world, 'p')).toMatchObject({ status: 'Excluded', reasons: [{ code: 'Excluded' }] });
});
