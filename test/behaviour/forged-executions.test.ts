import type { MachineName } from '../../core/contracts/names.ts';
import { executionName } from '../../core/protocol/execution-name.ts';
import { Epochs, Grants } from '../../core/store/entities.ts';
import { load, loadKind } from '../../core/store/entity.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import { MACHINE_ARN_PREFIX } from '../../simulator/process/machines.ts';
import type { World } from '../../simulator/process/world.ts';
import { onStep } from './on-step.ts';
import {
  clusterArn,
  discover,
  hours,
  membersOf,
  mutationsOf,
  recordOf,
  run,
  smallFleet,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';

/** Executions that a person who may start machines has named as Liftlock names its own. */
const start = (world: World, machine: MachineName, name: string, targetVersion: string) =>
  world.runner.startExecution({
    machineArn: `${MACHINE_ARN_PREFIX}${machine}`,
    name,
    input: JSON.stringify({ cluster: clusterArn('web'), targetVersion }),
  });
const web = { name: 'web', version: '1.35', nodegroups: [{ name: 'workers' }] };
const versionsAsked = (world: World) =>
  mutationsOf(world)
    .map(({ request }) => request.version)
    .filter((version) => version !== undefined);

test.each<MachineName>(['upgrade-control-plane', 'update-addons', 'roll-node-group', 'scan-cluster'])(
  'one that claims to be nested in an upgrade goes to no other version than that upgrade: %s',
  async (machine) => {
    const world = await smallFleet({ clusters: [web], policy: { target: '1.36' } });
    let forged: Awaited<ReturnType<typeof start>> | undefined;
    onStep(world, 'upgrade-control-plane', 'done', 'web', async () => {
      const [grant] = await loadKind(world.table, Grants);
      forged = await start(world, machine, `${grant?.executionName}--${machine}-cluster-9`, '1.37');
    });
    await run(world);
    const { output } = await world.runner.describeExecution(forged?.executionArn ?? '');
    expect(JSON.parse(output ?? '')).toMatchObject({
      outcome: { status: 'parked', reasons: [{ code: 'OtherTarget' }] },
    });
    expect(versionOf(world, 'web')).toBe('1.36');
    expect(new Set(versionsAsked(world))).toEqual(new Set(['1.36']));
    expect((await upgradesOf(world)).map(({ id, status }) => [id, status])).toEqual([['1.35-1.36', 'Succeeded']]);
    expect((await recordOf(world, 'web')).version).toBe('1.36');
    expect(await checkInvariants(world)).toEqual([]);
  },
);

test('a machine that starts no others has none nested in it, whatever they are called', async () => {
  const world = await smallFleet({ clusters: [web], policy: { waves: [{ name: 'all', bake: '6h' }] } });
  await hours(world, 2);
  expect(versionOf(world, 'web')).toBe('1.36');
  await start(world, 'roll-node-group', 'one', '1.36');
  await world.clock.runUntil(new Date(world.clock.now().getTime() + 120_000));
  expect((await loadKind(world.table, Grants)).map(({ status, executionName }) => [status, executionName])).toEqual([
    ['open', 'one'],
  ]);
  const { executionArn } = await start(world, 'upgrade-control-plane', 'one--upgrade-control-plane-cluster-0', '1.37');
  await hours(world, 1);
  expect(versionOf(world, 'web')).toBe('1.36');
  expect((await world.runner.describeExecution(executionArn)).output).toContain('Superseded');
});

test('what somebody has started under the names of before is nobody that Liftlock waits for', async () => {
  const world = await smallFleet({ clusters: [web], policy: { target: '1.36' } });
  await discover(world);
  const [member] = await membersOf(world);
  const { number: epoch = 0 } = (await load(world.table, Epochs))?.data ?? {};
  const parts = { epoch, clusterKey: member?.clusterKey ?? '', upgradeId: '1.35-1.36', grantNumber: 1, nonce: '' };
  const name = executionName(parts).replace(/-$/, '');
  await start(world, 'upgrade-cluster', name, '1.37');
  await run(world);
  expect((await upgradesOf(world)).map(({ id, status }) => [id, status])).toEqual([['1.35-1.36', 'Succeeded']]);
  const [grant] = await loadKind(world.table, Grants);
  expect(grant?.executionName).toMatch(new RegExp(`^${name}-[0-9a-f]{8}$`));
});
