import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { listRollouts, loadRolloutDetail } from '../../core/queries/rollout-views.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { apply, at, hold, keyOf, spec, two } from './changed-policy.ts';
import {
  discover,
  hours,
  memberOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  rolloutsOf,
  run,
  smallFleet,
  touched,
  versionOf,
  wavesOf,
} from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

test('a rollout that waits for somebody to promote it says so to whom it keeps out, and where rollouts are listed', async () => {
  const world = await smallFleet({
    // Nothing runs in it, so that its scan blocks it.
    clusters: [{ name: 'empty', version: '1.36' }],
    policy: { waves: [{ name: 'all', failureBudget: { maxFailures: 1 } }] },
  });
  await hours(world, 2);
  expect((await wavesOf(world)).map(({ status }) => status)).toEqual(['Undecided']);
  addCluster(world.eks.state, { name: 'late', version: '1.36', nodegroups: [{ name: 'workers' }] });
  await discover(world);
  await hours(world, 2);
  const id = await rolloutIdOf(world);
  const { when } = await explainCluster(world.ports, await recordOf(world, 'late'));
  expect(when.condition).toBe(
    `An approver looks at the wave all and runs: liftlock rollout promote ${id} --reason WHY; then another one takes it.`,
  );
  expect(await loadRolloutDetail(world.table, id, world.clock.now())).toMatchObject({ waitsForPromotion: 'all' });
});

test.each<[string, (world: World, command: string) => Promise<unknown>]>([
  [
    'upgraded by hand',
    async (world, command) => {
      const [, name = '', to = ''] = command.match(/upgrade cluster (\S+) --to (\S+) --approve;/) ?? [];
      return requestUpgrade(world.ports, await recordOf(world, name), to, PERSON, { approve: true });
    },
  ],
  [
    'taken by another rollout, once that is given up',
    async (world, command) => {
      const [, id = ''] = command.match(/rollout abort (\S+?),/) ?? [];
      return abortRollout(world.ports, id, PERSON, 'd was held');
    },
  ],
])('who is released while an earlier wave is undecided is %s, and no later wave opens for it', async (_, heed) => {
  const policy = { ...spec(at('dev'), at('prod')), trigger: 'manual' };
  // Nothing runs in it, so that its scan blocks it and its wave, which has begun, proves nothing.
  const empty = { name: 'empty', version: '1.36', tags: { stage: 'dev' } };
  const world = await smallFleet({ clusters: [...two, empty], policy });
  await discover(world);
  await hours(world, 0.5);
  await hold(world, 'd');
  await apply(world, at('dev'), at('prod'));
  await hours(world, 3);
  expect((await wavesOf(world)).map(({ status }) => status)).toEqual(['Undecided', 'Pending']);
  await releaseCluster(world.ports, await keyOf(world, 'd'), PERSON);
  await hours(world, 2);
  const { when } = await explainCluster(world.ports, await recordOf(world, 'd'));
  await heed(world, `${when.condition}`);
  await hours(world, 3);
  expect([when.condition, versionOf(world, 'd'), touched(world, 'p')]).toEqual([
    expect.stringMatching(/; then another one takes it\.$/),
    '1.37',
    false,
  ]);
});

test('who is released before its wave, which is undecided, has opened goes on in it, and no later wave opens before that has passed', async () => {
  const world = await smallFleet({ clusters: two, policy: { ...spec(at('dev'), at('prod')), trigger: 'manual' } });
  await discover(world);
  await hours(world, 0.5);
  await hold(world, 'd');
  await apply(world, at('dev'), at('prod'));
  await hours(world, 3);
  expect((await wavesOf(world)).map(({ status }) => status)).toEqual(['Undecided', 'Pending']);
  await releaseCluster(world.ports, await keyOf(world, 'd'), PERSON);
  await hours(world, 0.5);
  expect([touched(world, 'd'), touched(world, 'p')]).toEqual([true, false]);
  await hours(world, 10);
  expect((await wavesOf(world)).map(({ status }) => status)).toEqual(['Completed', 'Completed']);
});

const ACCOUNT = '222222222222';

test.each<[string, string[], (world: World) => Promise<void>, (world: World) => Promise<void>]>([
  [
    'can be read again',
    ['a'],
    async (world) => {
      await hours(world, 0.1);
      world.eks.state.deniedAccounts.push(ACCOUNT);
      await world.invoke('discover-clusters', {});
    },
    async (world) => {
      // It waits again, and nothing begins.
      await stopFleet(world.ports, PERSON, 'an incident');
      // It waits again, and nothing begins.
      await stopFleet(world.ports, PERSON, 'an incident');
      world.eks.state.deniedAccounts.length = 0;
      await world.invoke('discover-clusters', {});
    },
  ],
  [
    'is through with an update of somebody else',
    [],
    async (world) => {
      world.eks.addActor({
        ...{ account: ACCOUNT, region: 'eu-central-1', at: world.clock.now().getTime() + 1, do: 'operation' },
        ...{ principal: 'arn:aws:iam::222222222222:role/terraform', operation: 'UpdateClusterVersion' },
        input: { name: 's', version: '1.37' },
      });
    },
    async () => {},
  ],
])(
  'a wave is open again once its last cluster %s: nobody lets it pass while that is upgraded',
  async (_, before, aside, back) => {
    const budget = { maxConcurrency: 1, failureBudget: { maxFailures: 1, minJudged: 2 } };
    const s = staged('staging', ['s']).map((one) => ({ ...one, account: ACCOUNT }));
    const world = await smallFleet({
      clusters: [...staged('staging', before), ...s, ...staged('prod', ['p'])],
      policy: spec(at('staging', budget), at('prod')),
    });
    const statuses = async () => (await wavesOf(world)).map(({ status }) => status);
    const until = async (wanted: string) => {
      for (let looks = 0; (await statuses())[0] !== wanted && looks < 240; looks += 1) await hours(world, 1 / 60);
      expect(await statuses()).toEqual([wanted, 'Pending']);
    };
    await aside(world);
    await until('Undecided');
    await back(world);
    await until('Open');
    const [wave] = await wavesOf(world);
    expect([wave?.reasons, wave?.endedAt, wave?.quarantined]).toEqual([[], undefined, 0]);
    const promote = promoteRollout(world.ports, await rolloutIdOf(world), PERSON, 'as it was printed');
    await expect(promote).rejects.toThrow('so there is nothing to promote');
    expect(touched(world, 'p')).toBe(false);
    await resumeFleet(world.ports, PERSON);
    await run(world);
    expect([await statuses(), versionOf(world, 's'), versionOf(world, 'p')]).toEqual([
      ...[['Completed', 'Completed'], '1.37', '1.37'],
    ]);
  },
);

test('a wave does not flip while Liftlock only looks whether somebody else is through', async () => {
  const budget = { maxConcurrency: 1, failureBudget: { maxFailures: 1, minJudged: 2 } };
  const s = staged('staging', ['s']).map((one) => ({ ...one, account: ACCOUNT }));
  const world = await smallFleet({
    clusters: [...s, ...staged('prod', ['p'])],
    policy: spec(at('staging', budget), at('prod')),
  });
  world.eks.addActor({
    ...{ account: ACCOUNT, region: 'eu-central-1', at: world.clock.now().getTime() + 1, do: 'operation' },
    ...{ principal: 'arn:aws:iam::222222222222:role/terraform', operation: 'UpdateClusterVersion' },
    input: { name: 's', version: '1.37' },
  });
  await hours(world, 2 / 60);
  for (const timer of world.eks.state.timers) if (timer.event.kind === 'control-plane-ends') timer.at += 2 * 86_400_000;
  await hours(world, 40);
  const told = world.bus.published.flatMap(({ event }) =>
    event.type === 'WaveChanged' && event.detail.wave === 'staging' ? [event.detail.status] : [],
  );
  expect(told).toEqual(['Open', 'Undecided']);
  await run(world);
  const ofWaves = (await world.auditTimeline()).flatMap(({ event, detail }) =>
    /^Wave(?:Open|Undecided)$/.test(event) ? `${event} ${detail.wave}` : [],
  );
  expect(ofWaves).toEqual(['WaveOpen staging', 'WaveUndecided staging', 'WaveOpen staging', 'WaveOpen prod']);
  expect((await wavesOf(world)).map(({ status }) => status)).toEqual(['Completed', 'Completed']);
});

test('a wave of new clusters alone waits for them and asks nobody to promote it', async () => {
  const world = await smallFleet({ clusters: staged('prod', ['old'], '1.37'), policy: spec(at('dev'), at('prod')) });
  const createdAt = world.clock.now();
  for (const one of [...staged('dev', ['d']), ...staged('prod', ['p'])])
    addCluster(world.eks.state, { ...one, createdAt });
  await discover(world);
  await hours(world, 1);
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  for (let hour = 0; hour < 4; hour += 1) {
    await hours(world, 1);
    const [listed] = (await listRollouts(world.table, world.clock.now())).items;
    expect([listed?.waitsForPromotion ?? null, touched(world, 'd'), touched(world, 'p')]).toEqual([null, false, false]);
  }
  await hours(world, 12);
  expect([versionOf(world, 'd'), versionOf(world, 'p')]).toEqual(['1.37', '1.37']);
  const passed = (await world.auditTimeline()).filter(({ event }) =>
    /^Wave(Open|Completed|Undecided|Passed)$/.test(event),
  );
  expect(passed.map(({ event, detail }) => `${event} ${detail?.wave}`)).toEqual([
    'WaveOpen dev',
    'WaveCompleted dev',
    'WaveOpen prod',
    'WaveCompleted prod',
  ]);
});

test('a cluster that is made an hour after one that is set aside as new goes with it, in its own wave', async () => {
  const world = await smallFleet({
    clusters: staged('prod', ['old'], '1.37'),
    policy: spec(at('dev', { maxConcurrency: 2 }), at('prod', { approval: { approvals: 1 } })),
  });
  for (const name of ['d', 'e']) {
    const createdAt = world.clock.now();
    for (const one of staged('dev', [name])) addCluster(world.eks.state, { ...one, createdAt });
    await discover(world);
    await hours(world, 1.5);
    if (name === 'd') await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  }
  expect((await wavesOf(world)).map(({ status }) => status)).toEqual(['Pending', 'Pending']);
  await hours(world, 12);
  expect([versionOf(world, 'd'), versionOf(world, 'e')]).toEqual(['1.37', '1.37']);
});

test('for a cluster that is new no rollout begins by itself, so that a retry elsewhere is followed meanwhile', async () => {
  const policy = spec(at('dev', { failureBudget: { maxFailures: 1 } }), at('prod'));
  const world = await smallFleet({ clusters: staged('dev', ['d', 'f']), policy, prepare: failing('f') });
  await hours(world, 12);
  expect((await memberOf(world, 'f')).status).toBe('Failed');
  const createdAt = world.clock.now();
  for (const one of staged('prod', ['late'])) addCluster(world.eks.state, { ...one, createdAt });
  await discover(world);
  await hours(world, 2);
  const { when, reasons } = await explainCluster(world.ports, await recordOf(world, 'late'));
  expect([when, reasons.map(({ code }) => code)]).toEqual([
    {
      at: new Date(createdAt.getTime() + 6 * 3_600_000).toISOString(),
      condition:
        'Once it is there and six hours old the next full look of the reconciler creates a rollout, within the hour.',
    },
    ['RecentlyCreated', 'Automatic'],
  ]);
  await retryCluster(world.ports, await keyOf(world, 'f'), PERSON);
  await hours(world, 8);
  expect([versionOf(world, 'f'), versionOf(world, 'late')]).toEqual(['1.37', '1.37']);
  expect(await rolloutsOf(world)).toHaveLength(2);
});
