import { Grants, Ledgers } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import type { PlannedFailure } from '../../simulator/eks/state/fake-eks-state.ts';
import {
  memberOf,
  mutationsOf,
  run,
  type SmallFleet,
  smallFleet,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';

type World = Awaited<ReturnType<typeof smallFleet>>;

const named = (...names: readonly string[]) =>
  names.map((name) => ({ name, version: '1.36', nodegroups: [{ name: 'workers' }] }));
const failing =
  (more: Partial<PlannedFailure>): SmallFleet['prepare'] =>
  (state) =>
    void state.plannedFailures.push({
      clusterName: 'web',
      type: 'VersionUpdate',
      errorCode: 'EniLimitReached',
      errorMessage: 'no',
      ...more,
    });
const callsOf = (world: World, operation: string) => mutationsOf(world).filter((one) => one.operation === operation);
const told = (world: World) => world.table.auditTimeline().map(({ event }) => event);

/** EKS takes the first call of that kind, and whoever made it is told something else. */
async function doubted(
  operation: string,
  seenAs: 'ResourceInUseException' | 'InvalidRequestException' | undefined,
  fleet: Partial<SmallFleet> = {},
  lag = 0,
) {
  const world = await smallFleet({ clusters: named('web'), ...fleet });
  world.eks.state.listLagSeconds = lag;
  world.eks.faults.add({ operation, effect: { kind: 'answer-lost', ...(seenAs === undefined ? {} : { seenAs }) } });
  await run(world);
  return world;
}

const ANSWERS = ['ResourceInUseException', 'InvalidRequestException', undefined] as const;
const LAGS = [0, 20, 90];
const CASES = ANSWERS.flatMap((answer) => LAGS.map((lag) => [answer, lag] as const));

describe.each(CASES)('a call that EKS took and answered with %s, when ListUpdates lags %i s', (answer, lag) => {
  test.each(['UpdateClusterVersion', 'UpdateNodegroupVersion'])(
    'is ours: %s is sent once, and its update is waited for',
    async (operation) => {
      const world = await doubted(operation, answer, {}, lag);
      expect(callsOf(world, operation)).toHaveLength(1);
      expect((await memberOf(world, 'web')).status).toBe('Succeeded');
      expect(versionOf(world, 'web')).toBe('1.37');
      expect(told(world)).not.toContain('MutationRefused');
    },
  );

  test.each([
    ['UpdateClusterVersion', {}],
    ['UpdateNodegroupVersion', { nodegroupName: 'workers', errorCode: 'PodEvictionFailure' }],
  ] as const)('counts as failed when its update fails: %s', async (operation, failure) => {
    const prepare = failing(failure);
    const world = await doubted(operation, answer, prepare === undefined ? {} : { prepare }, lag);
    expect(callsOf(world, operation)).toHaveLength(1);
    expect((await memberOf(world, 'web')).status).toBe('Failed');
    expect((await wavesOf(world))[0]).toMatchObject({ failed: 1, inFlight: 0 });
  });
});

test('it is looked up at once', async () => {
  const world = await doubted('UpdateClusterVersion', 'ResourceInUseException');
  const at = (event: string) => Date.parse(world.table.auditTimeline().find((item) => item.event === event)?.at ?? '');
  expect((at('MutationAccepted') - at('MutationCommitted')) / 1000).toBeLessThan(40);
});

test.each(ANSWERS)(
  'nobody frees a grant over a call that was answered with %s before what it began can be listed',
  async (answer) => {
    const world = await smallFleet({ clusters: named('web') });
    world.eks.state.listLagSeconds = 115;
    world.eks.faults.add({
      operation: 'UpdateClusterVersion',
      effect: { kind: 'answer-lost', ...(answer === undefined ? {} : { seenAs: answer }) },
    });
    let stopped = false;
    world.eks.faults.afterOperation.push(({ operation }) => {
      if (operation !== 'UpdateClusterVersion' || stopped) return;
      stopped = true;
      world.clock.schedule(new Date(world.clock.now().getTime() + 5_000), async () => {
        const [grant] = await loadKind(world.table, Grants);
        await world.runner.stopExecution({ executionArn: grant?.holder ?? '' });
      });
    });
    await run(world);
    const events = told(world);
    expect(events.indexOf('MutationAccepted')).toBeGreaterThan(events.indexOf('GrantClosing'));
    expect(events.indexOf('GrantFreed')).toBeGreaterThan(events.indexOf('MutationAccepted'));
    expect(events).not.toContain('MutationNotSent');
    expect(events).not.toContain('MutationRefused');
  },
);

test('a call of which nobody knows holds its cap: never two control planes at once', async () => {
  const world = await smallFleet({
    clusters: named('api', 'web'),
    caps: { total: 1 },
    policy: { waves: [{ name: 'all', maxConcurrency: 2 }] },
  });
  let most = 0;
  world.eks.faults.add({
    operation: 'UpdateClusterVersion',
    effect: { kind: 'answer-lost', seenAs: 'ResourceInUseException' },
  });
  world.eks.faults.beforeOperation.push(() => {
    const updates = Object.values(world.eks.state.clusters).flatMap((cluster) => cluster.updates);
    most = Math.max(
      most,
      updates.filter(
        ({ status, type, nodegroupName }) =>
          status === 'InProgress' && type === 'VersionUpdate' && nodegroupName === undefined,
      ).length,
    );
  });
  await run(world);
  expect(most).toBe(1);
  expect((await upgradesOf(world)).map(({ status }) => status)).toEqual(['Succeeded', 'Succeeded']);
  expect(await loadKind(world.table, Ledgers)).toEqual([{ counts: {} }]);
});

test('a call that EKS refused is refused once nothing of it can be listed any more', async () => {
  const world = await smallFleet({ clusters: named('web') });
  world.eks.faults.add({
    operation: 'UpdateClusterVersion',
    effect: { kind: 'error', name: 'ResourceLimitExceededException' },
  });
  await run(world);
  const audit = world.table.auditTimeline();
  const at = (event: string) => Date.parse(audit.find((item) => item.event === event)?.at ?? '');
  expect((at('MutationRefused') - at('MutationCommitted')) / 1000).toBeGreaterThanOrEqual(160);
  expect(at('MutationDoubtful')).toBeLessThan(at('MutationRefused'));
  expect((await memberOf(world, 'web')).status).toBe('Blocked');
  expect(callsOf(world, 'UpdateClusterVersion')).toEqual([]);
});

test('what EKS refuses before it looks at anything is refused at once, and what it throttles is tried again', async () => {
  const world = await smallFleet({ clusters: named('web') });
  world.eks.faults.add({ operation: 'UpdateClusterVersion', effect: { kind: 'throttle' } });
  world.eks.faults.add({
    operation: 'UpdateNodegroupVersion',
    effect: { kind: 'error', name: 'InvalidParameterException' },
  });
  await run(world);
  const events = told(world);
  expect(events.filter((event) => event === 'MutationNotSent')).toHaveLength(1);
  expect(events).not.toContain('MutationDoubtful');
  expect((await memberOf(world, 'web')).status).toBe('Failed');
  expect(versionOf(world, 'web')).toBe('1.37');
});

test.each(['ThrottlingException', 'AccessDeniedException'])(
  'a call that EKS took is not taken for refused or never sent, when it is the table that answers the write of its outcome with %s',
  async (name) => {
    const world = await smallFleet({
      clusters: named('web'),
      faults: [
        {
          when: 'before',
          operation: 'outcome',
          function: 'upgrade-control-plane',
          effect: { kind: 'error', name },
        },
      ],
    });
    await run(world);
    expect(told(world)).not.toContain('MutationRefused');
    expect(told(world)).not.toContain('MutationNotSent');
    expect(told(world)).toContain('MutationAccepted');
    expect(callsOf(world, 'UpdateClusterVersion')).toHaveLength(1);
  },
);
