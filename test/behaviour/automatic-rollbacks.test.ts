import { retryCluster } from '../../core/operations/hold-switch.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import type { World } from '../../simulator/process/world.ts';
import { ELSEWHERE } from '../e2e/crash-scenarios.ts';
import { applySpec, spec } from './changed-policy.ts';
import { onStep } from './on-step.ts';
import {
  membersOf,
  PERSON,
  recordOf,
  rolloutsOf,
  run,
  type SmallFleet,
  smallFleet,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';

// docs/rollbacks.md, By itself.

const shop = (crashesFromKubelet?: string) => ({
  ...{
    kind: 'Deployment' as const,
    namespace: 'shop',
    name: 'web',
    replicas: 2,
    labels: { app: 'web' },
    image: 'web:1',
  },
  ...(crashesFromKubelet === undefined ? {} : { crashesFromKubelet }),
});
const cluster = (name: string, crashes = '1.37') => ({
  ...{ name, version: '1.36', nodegroups: [{ name: 'workers' }], workloads: [shop(crashes)] },
});
async function fleet(names: readonly string[], policy: object = {}, more: Partial<SmallFleet> = {}) {
  const world = await smallFleet({
    clusters: names.map((name) => cluster(name)),
    policy: { rollback: { automatic: true, windows: 'ignore' }, ...policy },
    ...more,
  });
  await run(world);
  return world;
}
const endsOf = async (world: World) =>
  (await upgradesOf(world))
    .map(({ clusterKey, id, status }) => `${clusterKey.split(/[/@]/)[1]} ${id} ${status}`)
    .sort();

test('a cluster that its hop has left worse goes back by itself, and works again', async () => {
  const world = await fleet(['web']);
  expect([versionOf(world, 'web'), await endsOf(world)]).toEqual([
    '1.36',
    ['web 1.36-1.37 RolledBack', 'web rollback-1.37-1.36 Succeeded'],
  ]);
  const back = (await upgradesOf(world)).find(({ machine }) => machine === 'rollback-cluster');
  expect([back?.requestedBy, back?.steps['smoke-check']?.status]).toEqual(['liftlock', 'done']);
  const begun = world.table.auditTimeline().find(({ event }) => event === 'RollbackBegun');
  expect(JSON.stringify(begun?.detail)).toContain('Deployment shop/web (was well');
  const { state, reasons } = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect([state, reasons[0]?.message]).toEqual(['Held', expect.stringContaining('was taken back from 1.37 to 1.36')]);
  expect((await membersOf(world)).map(({ status }) => status)).toEqual(['Failed']);
});

test('while it goes back it is explained by what got worse', async () => {
  const world = await smallFleet({
    clusters: [cluster('web')],
    policy: { rollback: { automatic: true, windows: 'ignore' } },
  });
  const said: unknown[] = [];
  onStep(world, 'rollback-control-plane', 'running', 'web', async () => {
    const { state, stoppedBy, upgrade, compared } = await explainCluster(world.ports, await recordOf(world, 'web'));
    const worse = compared?.verdicts.filter(({ result }) => result === 'fail').map(({ probe }) => probe);
    said.push(state, `${upgrade?.id}, compared ${compared?.id}`, JSON.stringify(stoppedBy), worse);
  });
  await run(world);
  expect(said).toEqual([
    'RollingBack',
    'rollback-1.37-1.36, compared 1.36-1.37',
    expect.stringContaining('Deployment shop/web (was well'),
    expect.arrayContaining(['workloads']),
  ]);
});

describe('killed while it is granted, started, concluded and freed it ends the same', () => {
  test.each(ELSEWHERE.map(({ name, faults }) => [name, faults] as const))('%s', async (_, faults) => {
    const armed = new Faults([]);
    const world = await smallFleet({
      clusters: [cluster('web')],
      policy: { rollback: { automatic: true, windows: 'ignore' } },
      armed,
    });
    world.table.onAppend.push((item) => {
      if (item.event === 'RollbackBegun') for (const fault of faults) armed.arm(fault);
    });
    await run(world);
    expect(armed.hits.length).toBeGreaterThan(0);
    expect([versionOf(world, 'web'), await endsOf(world), await checkInvariants(world)]).toEqual([
      '1.36',
      ['web 1.36-1.37 RolledBack', 'web rollback-1.37-1.36 Succeeded'],
      [],
    ]);
  });
});

test.each([
  ['whose policy leaves that to people', { rollback: { automatic: false, windows: 'ignore' } }],
  ['where nothing in it was compared', { verification: 'eks-api', smoke: { deployments: [], urls: [] } }],
])('one %s stays where it is', async (_, policy) => {
  const world = await fleet(['web'], policy);
  expect(versionOf(world, 'web')).toBe('1.37');
  expect((await upgradesOf(world)).map(({ machine }) => machine)).toEqual(['upgrade-cluster']);
});

test('nor does one begin whose policy has withdrawn it between the decision and its write', async () => {
  const withdraw = async (world: World) => void (await applySpec(world, spec({ name: 'all', maxConcurrency: 10 })));
  const armed = new Faults([
    {
      ...{ when: 'before', operation: 'settle', function: 'conclude-upgrade' },
      effect: { kind: 'act', act: withdraw },
    },
  ]);
  const world = await fleet(['web'], {}, { armed });
  expect(armed.hits).toHaveLength(1);
  expect([versionOf(world, 'web'), await endsOf(world)]).toEqual(['1.37', ['web 1.36-1.37 Failed']]);
});

test('one that fails without being worse stays for a person', async () => {
  const world = await fleet(
    ['web'],
    {},
    {
      clusters: [cluster('web', '1.99')],
      prepare: (state) =>
        void state.plannedFailures.push({
          ...{ clusterName: 'web', nodegroupName: 'workers', type: 'VersionUpdate' },
          ...{ errorCode: 'PodEvictionFailure', errorMessage: 'no' },
        }),
    },
  );
  expect(await endsOf(world)).toEqual(['web 1.36-1.37 Failed']);
});

test('of many one goes back after the other, two at most, and then the rollout halts', async () => {
  const wave = { name: 'all', maxConcurrency: 4, failureBudget: { maxFailures: 9 } };
  const world = await fleet(['a', 'b', 'c', 'd'], { waves: [wave] });
  const ends = await endsOf(world);
  expect(ends.filter((one) => one.includes('RolledBack')).length).toBe(2);
  expect(ends.filter((one) => one.includes('rollback-')).every((one) => one.endsWith('Succeeded'))).toBe(true);
  const left = (await upgradesOf(world)).filter(({ status }) => status === 'Failed');
  expect(left.map(({ reasons }) => reasons.at(-1)?.code)).toEqual(['RollbackBudget', 'RollbackBudget']);
  const [only] = await wavesOf(world);
  expect([
    only?.status,
    only?.reasons.map(({ code }) => code),
    only?.automaticRollbacks?.length,
    only?.rollingBack,
  ]).toEqual(['Halted', ['RollbackBudget'], 2, undefined]);
  // While one is on its way back the other waits for its turn.
  const times = (await upgradesOf(world)).flatMap(({ machine, steps }) =>
    machine === 'rollback-cluster'
      ? [[steps['scan-cluster']?.startedAt ?? '', steps['smoke-check']?.endedAt ?? '']]
      : [],
  );
  const [first, second] = times.sort();
  expect((first?.[1] ?? '') <= (second?.[0] ?? '')).toBe(true);
  // Another one that is tried again sets nothing going; one of the two does.
  const standing = async () => [(await rolloutsOf(world))[0]?.status, (await wavesOf(world))[0]?.status];
  await retryCluster(world.ports, left[0]?.clusterKey ?? '', PERSON);
  expect(await standing()).toEqual(['Halted', 'Halted']);
  expect((await rolloutsOf(world))[0]?.reasons.map(({ code }) => code)).toEqual(['RollbackBudget']);
  await retryCluster(world.ports, only?.automaticRollbacks?.[0] ?? '', PERSON);
  expect(await standing()).toEqual(['Running', 'Open']);
});

test('one that has not had its turn is not said to run', async () => {
  const wave = { name: 'all', maxConcurrency: 2, failureBudget: { maxFailures: 9 } };
  const names = ['a', 'b'];
  const world = await smallFleet({
    clusters: names.map((name) => cluster(name)),
    policy: { rollback: { automatic: true, windows: 'ignore' }, waves: [wave] },
  });
  const said: string[][] = [];
  for (const name of names)
    onStep(world, 'rollback-control-plane', 'running', name, async () => {
      for (const other of names) {
        const { state, reasons } = await explainCluster(world.ports, await recordOf(world, other));
        if (other !== name) said.push([state, ...reasons.map(({ code }) => code)]);
      }
    });
  await run(world);
  expect(said).toContainEqual(['RollingBack', 'RollbackTurn', 'MoreUnhealthyPods', 'GotWorse']);
});
