import { seededRandom } from '../../simulator/eks/seeded-random.ts';
import { MACHINE_ARN_PREFIX } from '../../simulator/process/machines.ts';
import { clusterArn, discover, membersOf, mutationsOf, run, smallFleet, versionOf } from './small-fleet.ts';

const clusters = ['a', 'b', 'c'].map((name) => ({ name, version: '1.36', nodegroups: [{ name: 'workers' }] }));
const fleet = () => smallFleet({ clusters, policy: { waves: [{ name: 'all', maxConcurrency: 2 }] } });
const statuses = async (world: Awaited<ReturnType<typeof fleet>>) =>
  (await membersOf(world)).map((member) => member.status);
const SUCCEEDED = ['Succeeded', 'Succeeded', 'Succeeded'];

describe('events only make Liftlock look sooner', () => {
  test('with every event lost it ends where it ends with all of them', async () => {
    const world = await fleet();
    world.wake = () => {};
    await run(world);
    expect(await statuses(world)).toEqual(SUCCEEDED);
  });

  test('with every event doubled, late and out of order too, and each change is made once', async () => {
    const world = await fleet();
    const random = seededRandom(11);
    const wake = world.wake.bind(world);
    world.wake = (ended) => {
      for (let copy = 0; copy < 3; copy += 1) {
        world.clock.schedule(new Date(world.clock.now().getTime() + random() * 3_600_000), () => wake(ended));
      }
    };
    await run(world);
    expect(await statuses(world)).toEqual(SUCCEEDED);
    expect(mutationsOf(world).filter((mutation) => mutation.operation === 'UpdateClusterVersion')).toHaveLength(3);
  });

  test('an event about an execution that nobody knows, or of another shape, does no harm', async () => {
    const world = await fleet();
    for (const event of [
      {
        'detail-type': 'Step Functions Execution Status Change',
        detail: { executionArn: 'arn:nothing', status: 'SUCCEEDED' },
      },
      { 'detail-type': 'Something' },
      {},
      [],
    ])
      await world.tick(event);
    expect(world.faults).toEqual([]);
    await run(world);
    expect(await statuses(world)).toEqual(SUCCEEDED);
  });
});

describe('two executions for one cluster', () => {
  test('one gets the grant, the other parks, and the cluster is upgraded once', async () => {
    const world = await smallFleet({ clusters: clusters.slice(0, 1), policy: { trigger: 'manual' } });
    await discover(world);
    const start = (name: string) =>
      world.runner.startExecution({
        machineArn: `${MACHINE_ARN_PREFIX}upgrade-cluster`,
        name,
        input: JSON.stringify({ cluster: clusterArn('a'), targetVersion: '1.37' }),
      });
    const [one, two] = await Promise.all([start('one'), start('two')]);
    await run(world);
    const outputs = [one, two].map(({ executionArn }) => world.runner.describeExecution(executionArn).output ?? '');
    expect(outputs.filter((output) => output.includes('GrantBusy'))).toHaveLength(1);
    expect(versionOf(world, 'a')).toBe('1.37');
    expect(mutationsOf(world).filter((mutation) => mutation.operation === 'UpdateClusterVersion')).toHaveLength(1);
  });

  test('a person and a rollout at once: the same', async () => {
    const world = await fleet();
    await discover(world);
    await world.runner.startExecution({
      machineArn: `${MACHINE_ARN_PREFIX}upgrade-cluster`,
      name: 'mine',
      input: JSON.stringify({ cluster: clusterArn('c'), targetVersion: '1.37' }),
    });
    await run(world);
    expect(await statuses(world)).toEqual(SUCCEEDED);
    expect(mutationsOf(world).filter((mutation) => mutation.operation === 'UpdateClusterVersion')).toHaveLength(3);
  });
});
