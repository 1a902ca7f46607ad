import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { recordHandAct } from '../../core/operations/record-hand-act.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { Ledgers } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import { MACHINE_ARN_PREFIX } from '../../simulator/process/machines.ts';
import {
  clusterArn,
  discover,
  mutationsOf,
  onRecord,
  PERSON,
  recordOf,
  rolloutsOf,
  run,
  smallFleet,
  startByHand,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'a' }, { name: 'b', version: '1.35' }] };
const fleet = (mode: 'act' | 'observe' = 'act') => smallFleet({ clusters: [web], mode, policy: { trigger: 'manual' } });

describe('each machine starts by hand', () => {
  test('upgrade-cluster goes the whole way and leaves an audit of unknown origin', async () => {
    const world = await fleet();
    await discover(world);
    const ended = await startByHand(world, 'upgrade-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
    expect(ended.status).toBe('SUCCEEDED');
    expect(versionOf(world, 'web')).toBe('1.37');
    expect(Object.values(world.eks.state.clusters)[0]?.nodegroups.map((group) => group.version)).toEqual([
      '1.37',
      '1.37',
    ]);
    const [upgrade] = await upgradesOf(world);
    expect(upgrade?.status).toBe('Succeeded');
    expect(world.table.auditTimeline().find((item) => item.event === 'Granted')?.principal).toBe('unknown');
    expect(await rolloutsOf(world)).toEqual([]);
  });

  test('CloudTrail tells later who started what: once it has, the upgrade names them', async () => {
    const world = await fleet();
    await discover(world);
    const userArn = 'arn:aws:sts::000000000000:assumed-role/AWSReservedSSO_Ops_0123456789abcdef/ana';
    const input = { cluster: clusterArn('web'), targetVersion: '1.37' };
    const { executionArn } = await startByHand(world, 'upgrade-cluster', input);
    expect((await upgradesOf(world))[0]?.requestedBy).toBe('unknown');
    await recordHandAct(world.ports, { act: 'StartExecution', execution: executionArn, userArn });
    expect((await upgradesOf(world))[0]?.requestedBy).toBe('sso:000000000000/ana');
    await recordHandAct(world.ports, {
      act: 'StartExecution',
      execution: executionArn,
      userArn: userArn.replace('/ana', '/ben'),
    });
    expect((await upgradesOf(world))[0]?.requestedBy).toBe('sso:000000000000/ana');
    const started = world.table.auditTimeline().filter(({ event }) => event === 'StartedByHand');
    expect(started.map(({ principal }) => principal)).toEqual(['sso:000000000000/ana', 'sso:000000000000/ben']);
    expect(started[0]?.detail).toMatchObject({ machine: 'upgrade-cluster', execution: executionArn, ...input });
  });

  test('who started another execution is not taken for who asked for the upgrade', async () => {
    const world = await fleet();
    await discover(world);
    await startByHand(world, 'upgrade-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
    const scan = await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
    await recordHandAct(world.ports, {
      act: 'StartExecution',
      execution: scan.executionArn,
      userArn: 'arn:aws:iam::000000000000:user/eve',
    });
    expect((await upgradesOf(world)).map(({ requestedBy }) => requestedBy)).toEqual(['unknown']);
    for (const execution of [
      `${scan.executionArn}x`,
      'arn:aws:states:eu-central-1:000000000000:execution:other:x',
      'x',
    ])
      await recordHandAct(world.ports, {
        act: 'StartExecution',
        execution,
        userArn: 'arn:aws:iam::000000000000:user/eve',
      });
    expect(world.table.auditTimeline().filter(({ event }) => event === 'StartedByHand')).toHaveLength(1);
  });

  test('scan-cluster and smoke-check run in observe mode and change nothing', async () => {
    const world = await fleet('observe');
    await discover(world);
    expect(
      (await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' })).status,
    ).toBe('SUCCEEDED');
    const smoke = await startByHand(world, 'smoke-check', { cluster: clusterArn('web'), targetVersion: '1.36' });
    expect(smoke.error).toBe('Failed');
    expect(smoke.cause).toContain('OldKubelet');
    expect(world.eks.state.mutations).toEqual([]);
  });

  test.each(['upgrade-cluster', 'upgrade-control-plane'] as const)('%s is blocked in observe mode', async (machine) => {
    const world = await fleet('observe');
    await discover(world);
    const ended = await startByHand(world, machine, { cluster: clusterArn('web'), targetVersion: '1.37' });
    expect(ended.error).toBe('Blocked');
    expect(ended.cause).toContain('ObserveMode');
    expect(world.eks.state.mutations).toEqual([]);
  });

  test('roll-node-group rolls one group, or all of them', async () => {
    const world = await fleet();
    await discover(world);
    const one = await startByHand(world, 'roll-node-group', {
      cluster: clusterArn('web'),
      targetVersion: '1.36',
      nodegroup: 'b',
    });
    expect(one.status).toBe('SUCCEEDED');
    expect(mutationsOf(world).map((mutation) => mutation.request.nodegroupName)).toEqual(['b']);
    const all = await startByHand(
      world,
      'roll-node-group',
      { cluster: clusterArn('web'), targetVersion: '1.36' },
      'again',
    );
    expect(all.status).toBe('SUCCEEDED');
    expect(mutationsOf(world)).toHaveLength(1);
  });

  test('roll-node-group names a node group that does not exist', async () => {
    const world = await fleet();
    await discover(world);
    const ended = await startByHand(world, 'roll-node-group', {
      cluster: clusterArn('web'),
      targetVersion: '1.36',
      nodegroup: 'c',
    });
    expect(ended.cause).toContain('web has no node group c; it has a, b');
  });

  test('update-addons and upgrade-control-plane run alone', async () => {
    const world = await fleet();
    await discover(world);
    expect(
      (await startByHand(world, 'upgrade-control-plane', { cluster: clusterArn('web'), targetVersion: '1.37' })).status,
    ).toBe('SUCCEEDED');
    expect(
      (await startByHand(world, 'update-addons', { cluster: clusterArn('web'), targetVersion: '1.37' })).status,
    ).toBe('SUCCEEDED');
    const proxy = Object.values(world.eks.state.clusters)[0]?.addons.find((addon) => addon.name === 'kube-proxy');
    expect(proxy?.version).toMatch(/^v1\.37\./);
  });

  test('parks while the fleet is stopped and goes on when it is resumed', async () => {
    const world = await fleet();
    await discover(world);
    await stopFleet(world.ports, PERSON, 'test');
    const ended = await startByHand(world, 'upgrade-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
    expect(ended.status).toBe('SUCCEEDED');
    expect(ended.output).toContain('FleetStopped');
    expect(mutationsOf(world)).toEqual([]);
    await resumeFleet(world.ports, PERSON);
    await run(world);
    expect(versionOf(world, 'web')).toBe('1.37');
    expect((await upgradesOf(world)).map((upgrade) => upgrade.status)).toEqual(['Succeeded']);
  });
});

test('explain says what is in the way now, and not what was when it parked', async () => {
  const world = await smallFleet({ clusters: [web], caps: { total: 1 }, policy: { trigger: 'manual' } });
  await discover(world);
  await stopFleet(world.ports, PERSON, 'test');
  await startByHand(world, 'upgrade-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
  const codes = async () =>
    (await explainCluster(world.ports, await recordOf(world, 'web'))).reasons.map(({ code }) => code);
  expect(await codes()).toEqual(['FleetStopped']);
  await onRecord(world, 'Counted', replace(Ledgers, await load(world.table, Ledgers), { counts: { total: 1 } }));
  await resumeFleet(world.ports, PERSON);
  expect(await codes()).toEqual(['CapReached']);
});

describe('a bad input is named in the error', () => {
  test.each([
    ['no cluster', { targetVersion: '1.37' }, 'cluster: '],
    ['a name instead of an ARN', { cluster: 'web', targetVersion: '1.37' }, 'must be the ARN of an EKS cluster'],
    ['a number as version', { cluster: clusterArn('web'), targetVersion: 1.37 }, 'targetVersion: '],
    ['an unknown member', { cluster: clusterArn('web'), targetVersion: '1.37', force: true }, 'force'],
  ])('%s', async (_, input, message) => {
    const world = await fleet();
    const ended = await startByHand(world, 'upgrade-cluster', input);
    expect(ended.status).toBe('FAILED');
    expect(ended.error).toBe('InvalidInput');
    expect(ended.cause).toContain(message);
    expect(world.eks.state.mutations).toEqual([]);
  });

  test('an unknown cluster, an unknown contract and a name with a dot', async () => {
    const world = await fleet();
    await discover(world);
    const unknown = await startByHand(
      world,
      'upgrade-cluster',
      { cluster: clusterArn('nope'), targetVersion: '1.37' },
      'a',
    );
    expect(unknown.cause).toContain('EKS knows no cluster nope');
    const contract = await startByHand(
      world,
      'upgrade-cluster',
      { cluster: clusterArn('web'), targetVersion: '1.37', contract: 7 },
      'b',
    );
    expect(contract.output).toContain('UnknownContract');
    expect(mutationsOf(world)).toEqual([]);
    const input = JSON.stringify({ cluster: clusterArn('web'), targetVersion: '1.37' });
    await world.runner.startExecution({ machineArn: `${MACHINE_ARN_PREFIX}upgrade-cluster`, name: 'running', input });
    await world.clock.runUntil(new Date(world.clock.now().getTime() + 60_000));
    const dotted = await startByHand(
      world,
      'upgrade-cluster',
      { cluster: clusterArn('web'), targetVersion: '1.37' },
      'some.name',
    );
    expect(dotted.output).toContain('Superseded');
  });
});
