import { HOOK_SCHEMA } from '../../core/contracts/hook.ts';
import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { abortRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { skipCluster } from '../../core/operations/skip-cluster.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { listClusters } from '../../core/queries/list-clusters.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import type { World } from '../../simulator/process/world.ts';
import { applySpec, at, keyOf, lookAround, spec } from './changed-policy.ts';
import { hours, memberOf, PERSON, recordOf, rolloutIdOf, rolloutsOf, smallFleet, touched } from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

/** Its state, as a list tells it too, the codes of its reasons, and what is to happen. */
async function told(world: World, name: string) {
  const { state, when, reasons } = await explainCluster(world.ports, await recordOf(world, name));
  const { items } = await listClusters(world.ports, {});
  expect(items.find((one) => one.name === name)?.state).toBe(state);
  return { state, codes: reasons.map(({ code }) => code), condition: when.condition };
}

/** Another cluster appears in a wave, and gets a rollout of its own, which goes on for some hours. */
async function another(world: World, stage: string): Promise<void> {
  for (const late of staged(stage, ['late'])) addCluster(world.eks.state, late);
  await lookAround(world);
  await hours(world, 2);
  expect(await rolloutsOf(world)).toHaveLength(2);
}

const tolerant = { failureBudget: { maxFailures: 3 } };
const create = 'omebody runs: liftlock rollout create policy-0';
const retry = 'omebody removes the cause and runs: liftlock retry cluster p';
const oldAddon = { addons: { 'vpc-cni': 'v1.0.0-eksbuild.1' } };

test.each<[string, object, (world: World) => Promise<unknown>, string, string, string]>([
  ['was blocked by its scan', oldAddon, async () => undefined, ...(['Blocked', 'MemberBlocked', retry] as const)],
  [
    'failed and was released',
    {},
    async (world) => releaseCluster(world.ports, await keyOf(world, 'p'), PERSON),
    ...(['Blocked', 'MemberFailed', retry] as const),
  ],
])(
  'a cluster that %s is promised no rollout, whichever rollout its policy has had since',
  async (_, more, act, state, code, way) => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...staged('prod', ['p']).map((one) => ({ ...one, ...more }))],
      prepare: code === 'MemberFailed' ? failing('p') : () => undefined,
      policy: spec(at('dev', { bake: '5h' }), at('prod', { ...tolerant, onUndecided: 'pass' })),
    });
    await hours(world, 20);
    await resumeRollout(world.ports, await rolloutIdOf(world), PERSON, 'known', { acceptFailures: true }).catch(
      () => undefined,
    );
    await act(world);
    await hours(world, 1);
    expect(await told(world, 'p')).toMatchObject({ state, condition: `S${way}` });
    await another(world, 'dev');
    const { codes, condition } = await told(world, 'p');
    expect(codes).toEqual(expect.arrayContaining([code, 'RolloutBusy']));
    expect(condition).toBe(`Once nothing refuses it any more (now RolloutBusy), s${way}`);
    await expect(retryCluster(world.ports, await keyOf(world, 'p'), PERSON)).rejects.toThrow(
      'of the same policy is Running',
    );
    await hours(world, 20);
    expect(await told(world, 'p')).toMatchObject({ state, condition: `S${way}` });
    await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  },
);

test.each<[string, string, (world: World) => Promise<unknown>]>([
  [
    'an abort took out',
    'RolloutAborted',
    async (world) => abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'x'),
  ],
  ['a person skipped', 'TakenOut', async (world) => skipCluster(world.ports, await keyOf(world, 'p'), PERSON, 'x')],
])('whom %s is promised no rollout, whichever rollout its policy has had since', async (_, code, act) => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p', 'q'])],
    policy: spec(at('dev', { soak: '5h' }), at('prod')),
  });
  await hours(world, 3);
  await act(world);
  await hours(world, 20);
  expect(await told(world, 'p')).toMatchObject({ state: 'Behind', condition: `S${create}` });
  await another(world, 'dev');
  const { codes, condition } = await told(world, 'p');
  expect(codes).toEqual(expect.arrayContaining([code, 'RolloutBusy']));
  expect(condition).toBe(`That rollout ends; then s${create}.`);
  await hours(world, 72);
  expect(await told(world, 'p')).toMatchObject({ state: 'Behind', condition: `S${create}` });
  expect(touched(world, 'p')).toBe(false);
});

test('a held cluster is advised no retry that is refused, in whichever rollout of its policy it is', async () => {
  const waves = spec(at('dev', { ...tolerant, maxConcurrency: 2 }));
  const world = await smallFleet({ clusters: staged('dev', ['d', 'e']), policy: { ...waves, target: '1.37' } });
  await hours(world, 6);
  await requestRollback(world.ports, await recordOf(world, 'd'), PERSON, { approve: true });
  await hours(world, 6);
  await another(world, 'dev');
  await hours(world, 12);
  expect((await told(world, 'd')).condition).toBe(
    'Somebody removes the cause and runs: liftlock retry cluster d (or release).',
  );
  await applySpec(world, { ...waves, target: '1.36' });
  await hours(world, 2);
  const { codes, condition } = await told(world, 'd');
  expect(codes).toEqual(['Held', 'LowerTarget']);
  expect(condition).toBe(
    'Somebody runs: liftlock release cluster d; and what takes it up then says: liftlock explain cluster d',
  );
  await expect(retryCluster(world.ports, await keyOf(world, 'd'), PERSON)).rejects.toThrow(
    /takes it to 1\.36 by now.*what takes it up otherwise says: liftlock explain cluster d$/,
  );
  await releaseCluster(world.ports, await keyOf(world, 'd'), PERSON);
  expect(await told(world, 'd')).toMatchObject({ state: 'UpToDate' });
});

const nodesFail = (state: FakeEksState): void => {
  state.plannedFailures.push({
    ...{ clusterName: 'd', nodegroupName: 'workers', type: 'VersionUpdate' },
    ...{ errorCode: 'PodEvictionFailure', errorMessage: 'no' },
  });
};

test.each<[string, string, object, string, string]>([
  [
    'nodes that a rollout has failed to finish',
    '1.36',
    { finish: 'always' },
    'NodesBehind',
    'a newer version becomes the target',
  ],
  [
    'images that a rollout has failed to bring',
    '1.37',
    { patch: { nodes: {} } },
    'Blocked',
    'a newer version or image comes',
  ],
])('%s are promised to no other rollout', async (_, version, more, state, or) => {
  const world = await smallFleet({
    clusters: staged('dev', ['d'], '1.37').map((one) => ({ ...one, nodegroups: [{ name: 'workers', version }] })),
    prepare: nodesFail,
    policy: { ...spec(at('dev', { ...tolerant, bake: '5h' })), ...more },
  });
  await hours(world, 5);
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON, 'x', { acceptFailures: true }).catch(
    () => undefined,
  );
  await hours(world, 1);
  await releaseCluster(world.ports, await keyOf(world, 'd'), PERSON);
  await hours(world, 1);
  const way = `omebody removes the cause and runs: liftlock retry cluster d; or ${or}.`;
  expect(await told(world, 'd')).toMatchObject({ state, condition: `S${way}` });
  await another(world, 'dev');
  expect(await told(world, 'd')).toMatchObject({
    condition: `Once nothing refuses it any more (now RolloutBusy), s${way}`,
  });
  await hours(world, 20);
  expect((await rolloutsOf(world)).map(({ status }) => status)).toContain('Completed');
  expect(await told(world, 'd')).toMatchObject({ state, condition: `S${way}` });
  await retryCluster(world.ports, await keyOf(world, 'd'), PERSON);
  await hours(world, 1);
  expect((await memberOf(world, 'd')).status).toBe('Succeeded');
});

test('nobody is told to retry what was blocked in a rollout that was aborted since: one that a person creates brings it', async () => {
  const url = 'https://hooks.example.com/ask';
  const secret = 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:liftlock/hook-aa00d8';
  const world = await smallFleet({
    clusters: staged('dev', ['d'], '1.37').map((one) => ({ ...one, nodegroups: [{ name: 'workers' }] })),
    policy: {
      ...spec(at('dev'), at('prod')),
      patch: { nodes: {} },
      hooks: [{ name: 'ask', at: 'before', step: 'roll-node-group', ask: { webhook: url, secret } }],
    },
  });
  world.hooks.set(url, () => JSON.stringify({ schema: HOOK_SCHEMA, answer: 'stop', message: 'no' }));
  await hours(world, 5);
  expect((await memberOf(world, 'd')).status).toBe('Blocked');
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'x');
  await hours(world, 1);
  expect(await told(world, 'd')).toMatchObject({ condition: `S${create}; or a newer version or image comes.` });
});
