import type { StoredItem } from '../../core/ports/table.ts';
import { Epochs } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import { MACHINE_ARN_PREFIX } from '../../simulator/process/machines.ts';
import type { World } from '../../simulator/process/world.ts';
import {
  beforeCommit,
  clusterArn,
  discover,
  mutationsOf,
  onRecord,
  run,
  smallFleet,
  versionOf,
} from './small-fleet.ts';

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] };
const EXECUTION = MACHINE_ARN_PREFIX.replace(':stateMachine:', ':execution:');

const input = { cluster: clusterArn('web'), targetVersion: '1.37' };

/** An upgrade that was started by hand five seconds ago: its execution `early` holds the grant, and nothing is changed yet. */
async function justStarted(): Promise<World> {
  const world = await smallFleet({ clusters: [web], policy: { trigger: 'manual' } });
  await discover(world);
  await world.runner.startExecution({
    machineArn: `${MACHINE_ARN_PREFIX}upgrade-cluster`,
    name: 'early',
    input: JSON.stringify(input),
  });
  await world.clock.runUntil(new Date(world.clock.now().getTime() + 5_000));
  return world;
}

test('a node group, and an add-on of the new version, wait for the control plane even when they are asked for too early', async () => {
  const world = await justStarted();
  const execution = (step: string) => ({
    arn: `${EXECUTION}${step}:early--${step}-x-0`,
    name: `early--${step}-x-0`,
    startTime: world.clock.now().toISOString(),
  });
  const roll = await world.invoke('roll-node-group', {
    step: 'roll-node-group',
    input,
    execution: execution('roll-node-group'),
    nodegroup: 'workers',
  });
  expect(roll).toMatchObject({ status: 'blocked', reasons: [{ code: 'NotTheControlPlanesVersion' }] });
  const addons = await world.invoke('update-addons', {
    step: 'update-addons',
    input: { ...input, phase: 'after' },
    execution: execution('update-addons'),
  });
  expect(addons).toMatchObject({ status: 'blocked', reasons: [{ code: 'NotTheControlPlanesVersion' }] });
  expect(mutationsOf(world)).toEqual([]);
});

test('a commit that began under an old epoch is made anew under the new one', async () => {
  let raised = 0;
  const world = await smallFleet({
    clusters: [web],
    faults: [
      beforeCommit(async (world) => {
        const epoch = await load(world.table, Epochs);
        raised = (epoch?.data.number ?? 0) + 1;
        await onRecord(world, 'EpochRaised', replace(Epochs, epoch, { number: raised }));
      }),
    ],
  });
  await run(world);
  const commits = world.table
    .auditTimeline()
    .filter((item) => item.event === 'MutationCommitted' && item.detail.step === 'upgrade-control-plane');
  const epochs = commits.flatMap((item) =>
    (item.detail.writes as StoredItem[])
      .filter((write) => write.kind === 'Intent')
      .map((write) => (write.data as { epoch: number }).epoch),
  );
  expect(epochs).toEqual([raised]);
  expect(versionOf(world, 'web')).toBe('1.37');
});

test('an upgrade that was concluded commits nothing more, though its grant is still open', async () => {
  const world = await justStarted();
  const holder = {
    arn: `${EXECUTION}upgrade-cluster:early`,
    name: 'early',
    startTime: world.clock.now().toISOString(),
  };
  await world.invoke('conclude-upgrade', {
    step: 'upgrade-cluster',
    input,
    execution: holder,
    outcome: { status: 'parked', reasons: [{ code: 'Test', message: 'concluded' }] },
  });
  const child = {
    ...holder,
    arn: `${EXECUTION}upgrade-control-plane:early--upgrade-control-plane-cluster-0`,
    name: 'early--upgrade-control-plane-cluster-0',
  };
  const result = await world.invoke('upgrade-control-plane', {
    step: 'upgrade-control-plane',
    input,
    execution: child,
  });
  expect(result).toMatchObject({ status: 'parked', reasons: [{ code: 'Superseded' }] });
  expect(mutationsOf(world)).toEqual([]);
});
