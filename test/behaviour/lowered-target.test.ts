import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { applySpec, at, spec } from './changed-policy.ts';
import { hours, memberOf, membersOf, recordOf, run, smallFleet, versionOf, wavesOf } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

describe('an older target holds at once', () => {
  test('for who has not begun in a wave that has, while what has begun goes on', async () => {
    const of = (target: string) => ({ ...spec(at('dev', { maxConcurrency: 1, bake: '6h' })), target });
    const world = await smallFleet({ clusters: staged('dev', ['a', 'b']), policy: of('1.37') });
    await hours(world, 2);
    const waits = (await membersOf(world)).find(({ status }) => status === 'Pending')?.name ?? '';
    const goes = waits === 'a' ? 'b' : 'a';
    await applySpec(world, of('1.36'));
    await hours(world, 1);
    expect(await memberOf(world, waits)).toMatchObject({ status: 'Excluded', reasons: [{ code: 'LowerTarget' }] });
    const { target, state } = await explainCluster(world.ports, await recordOf(world, waits));
    expect([target, state]).toEqual(['1.36', 'UpToDate']);
    await run(world);
    expect([versionOf(world, waits), versionOf(world, goes)]).toEqual(['1.36', '1.37']);
  });

  test('for the next hop of who is between two', async () => {
    const calendars = { odd: { windows: [{ name: 's', schedule: '0 */6 * * *', duration: '70m' }] } };
    const of = (target: string) => ({
      ...spec(at('dev', { calendar: 'odd' })),
      estimates: { upgrade: '60m' },
      target,
    });
    const world = await smallFleet({ clusters: staged('dev', ['d'], '1.35'), calendars, policy: of('1.37') });
    await hours(world, 6);
    expect(versionOf(world, 'd')).toBe('1.36');
    await applySpec(world, of('1.36'));
    await run(world);
    // Its hop has succeeded, and counts: nobody has to promote its wave.
    expect([versionOf(world, 'd'), await memberOf(world, 'd')]).toMatchObject([
      '1.36',
      { status: 'Succeeded', from: '1.36', to: '1.36' },
    ]);
    expect((await wavesOf(world)).map(({ status, succeeded }) => [status, succeeded])).toEqual([['Completed', 1]]);
  });

  test('and not for a hop that leads no further', async () => {
    const of = (target: string) => ({ ...spec(at('dev', { maxConcurrency: 1 })), target });
    const world = await smallFleet({ clusters: staged('dev', ['a', 'b'], '1.35'), policy: of('1.37') });
    await hours(world, 0.2);
    await applySpec(world, of('1.36'));
    await run(world);
    expect([versionOf(world, 'a'), versionOf(world, 'b')]).toEqual(['1.36', '1.36']);
  });
});
