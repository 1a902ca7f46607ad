import { recordCluster } from '../../core/inventory/record-cluster.ts';
import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { abortRollout, pauseRollout } from '../../core/operations/rollout-orders.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { ANA, applySpec, at, groupsOf, keyOf, lookAround, spec, waveNamed } from './changed-policy.ts';
import {
  beforeCommit,
  beginByHand,
  clusterArn,
  controlsOf,
  hours,
  memberOf,
  mutationsOf,
  nodesFail,
  PERSON,
  recordOf,
  rolloutIdOf,
  smallFleet,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

// A retry lets the upgrade that failed half-way run again; no other hop begins over it (docs/semantics.md, Windows, bakes, watches and estimates).
async function retriedAndTakenOut() {
  const world = await smallFleet({
    clusters: [
      ...staged('dev', ['d'], '1.35'),
      { name: 'p', version: '1.35', tags: { stage: 'dev' }, nodegroups: [{ name: 'one' }, { name: 'two' }] },
    ],
    policy: { ...spec(at('dev', { maxConcurrency: 2, failureBudget: { maxFailures: 1 } })), target: '1.36' },
    prepare: (state) =>
      void state.plannedFailures.push({
        clusterName: 'p',
        nodegroupName: 'one',
        type: 'VersionUpdate',
        errorCode: 'NodeCreationFailure',
        errorMessage: 'no nodes',
      }),
  });
  await hours(world, 4);
  expect([(await memberOf(world, 'p')).status, versionOf(world, 'p'), groupsOf(world, 'p')]).toEqual([
    'Failed',
    '1.36',
    ['1.35', '1.35'],
  ]);
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  for (const one of Object.values(world.eks.state.clusters)) if (one.name === 'p') one.tags['liftlock/paused'] = 'true';
  await recordCluster(world.ports, { account: '111111111111', region: 'eu-central-1', name: 'p', depth: 'shallow' });
  await hours(world, 1);
  expect((await memberOf(world, 'p')).status).toBe('Failed');
  for (const one of Object.values(world.eks.state.clusters)) if (one.name === 'p') delete one.tags['liftlock/paused'];
  await lookAround(world);
  return world;
}

async function failedHalfWay() {
  const world = await smallFleet({
    clusters: [{ name: 'p', version: '1.35', tags: { stage: 'dev' }, nodegroups: [{ name: 'one' }, { name: 'two' }] }],
    policy: { ...spec(at('dev')), target: '1.36' },
    prepare: nodesFail,
  });
  await hours(world, 4);
  expect([(await memberOf(world, 'p')).status, versionOf(world, 'p'), groupsOf(world, 'p')]).toEqual([
    'Failed',
    '1.36',
    ['1.35', '1.35'],
  ]);
  return world;
}

test('the next hop does not begin while the failed hop before it waits for its retry', async () => {
  const world = await failedHalfWay();
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'x');
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', ANA, { approve: true }).catch(
    (error: Error) => error.message,
  );
  await hours(world, 3);
  expect(versionOf(world, 'p')).toBe('1.36');
});

test('nor does it begin by hand after a retry that failed again untried', async () => {
  const world = await retriedAndTakenOut();
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, {
    approve: true,
  }).catch((error: Error) => error.message);
  await hours(world, 3);
  expect(versionOf(world, 'p')).toBe('1.36');
});

test('nor does it begin by itself, when the policy goes on to the next minor', async () => {
  const world = await retriedAndTakenOut();
  await applySpec(world, {
    ...spec(at('dev', { maxConcurrency: 2, failureBudget: { maxFailures: 1 } })),
    target: '1.37',
  });
  await hours(world, 6);
  expect(versionOf(world, 'p')).toBe('1.36');
});

test('nor does it begin by itself, when the retry was given up by an abort of its rollout', async () => {
  const world = await failedHalfWay();
  await stopFleet(world.ports, PERSON, 'x');
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'given up');
  await hours(world, 1);
  await resumeFleet(world.ports, PERSON);
  await applySpec(world, { ...spec(at('dev')), target: '1.37' });
  await hours(world, 4);
  expect(versionOf(world, 'p')).toBe('1.36');
});

test('a retry that came to nothing is told as held, and a release lets the next hop begin', async () => {
  const world = await retriedAndTakenOut();
  const explained = await explainCluster(world.ports, await recordOf(world, 'p'));
  expect([explained.state, explained.held?.reason.code]).toEqual(['Held', 'NodeCreationFailure']);
  await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
  await hours(world, 3);
  expect(versionOf(world, 'p')).toBe('1.37');
});

test('a release takes no retry back: it is refused, on no record, and names what does; it lets the next hop begin after an abort', async () => {
  const world = await failedHalfWay();
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  const id = await rolloutIdOf(world);
  const entries = world.table.auditTimeline().length;
  await expect(releaseCluster(world.ports, await keyOf(world, 'p'), PERSON)).rejects.toThrow(
    `p is not held: a retry has taken its hold off, and it is Pending in the rollout ${id}. What it waits for: liftlock explain cluster p. To have it wait: liftlock rollout pause ${id} --reason TEXT. To give it up: liftlock rollout abort ${id}`,
  );
  expect(world.table.auditTimeline()).toHaveLength(entries);
  await pauseRollout(world.ports, id, PERSON, 'x');
  await hours(world, 3);
  expect(groupsOf(world, 'p')).toEqual(['1.35', '1.35']);
  await abortRollout(world.ports, id, PERSON, 'x');
  await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await expect(releaseCluster(world.ports, await keyOf(world, 'p'), PERSON)).rejects.toThrow('is not held');
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
  await hours(world, 3);
  expect(versionOf(world, 'p')).toBe('1.37');
});

test('once the retry has succeeded the next hop begins without a word', async () => {
  const world = await failedHalfWay();
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await hours(world, 3);
  expect([groupsOf(world, 'p'), (await memberOf(world, 'p')).status]).toEqual([['1.36', '1.36'], 'Succeeded']);
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
  await hours(world, 3);
  expect(versionOf(world, 'p')).toBe('1.37');
});

const ofP = (world: Awaited<ReturnType<typeof smallFleet>>) =>
  mutationsOf(world)
    .filter(({ clusterArn: arn }) => arn.endsWith('/p'))
    .map(({ operation }) => operation);

test.each(['upgrade-cluster', 'roll-node-group'] as const)(
  'what is held again after a retry that came to nothing is not changed by %s by hand before its release',
  async (machine) => {
    const world = await retriedAndTakenOut();
    expect((await explainCluster(world.ports, await recordOf(world, 'p'))).state).toBe('Held');
    await expect(
      requestUpgrade(world.ports, await recordOf(world, 'p'), '1.36', PERSON, { approve: true }),
    ).rejects.toThrow('is held since');
    const before = ofP(world).length;
    await beginByHand(world, machine, { cluster: clusterArn('p'), targetVersion: '1.36' });
    await hours(world, 2);
    expect(ofP(world).slice(before)).toEqual([]);
  },
);
test('nor by update-addons', async () => {
  const world = await retriedAndTakenOut();
  const { executionArn } = await beginByHand(world, 'update-addons', {
    cluster: clusterArn('p'),
    targetVersion: '1.36',
    phase: 'after',
  });
  await hours(world, 2);
  const granted = world.table
    .auditTimeline()
    .filter(({ event, detail }) => event === 'Granted' && JSON.stringify(detail).includes(executionArn));
  expect(granted).toEqual([]);
});
test('nor after the rollout that was to try it was aborted', async () => {
  const world = await failedHalfWay();
  await stopFleet(world.ports, PERSON, 'x');
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'given up');
  await hours(world, 1);
  await resumeFleet(world.ports, PERSON);
  expect((await explainCluster(world.ports, await recordOf(world, 'p'))).state).toBe('Held');
  const before = ofP(world).length;
  await beginByHand(world, 'upgrade-cluster', { cluster: clusterArn('p'), targetVersion: '1.36' });
  await hours(world, 3);
  expect(ofP(world).slice(before)).toEqual([]);
});

const laterWave = async (soak = '72h') => {
  const world = await smallFleet({
    clusters: [
      ...staged('dev', ['d'], '1.36'),
      { name: 'p', version: '1.35', tags: { stage: 'prod' }, nodegroups: [{ name: 'one' }, { name: 'two' }] },
      ...staged('prod', ['q'], '1.35'),
    ],
    policy: spec(at('dev', { soak }), at('prod', { failureBudget: { maxFailures: 1 } })),
    prepare: nodesFail,
  });
  await hours(world, 3);
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.36', PERSON, { approve: true });
  await hours(world, 3);
  expect([versionOf(world, 'p'), groupsOf(world, 'p')]).toEqual(['1.36', ['1.35', '1.35']]);
  expect((await controlsOf(world)).some(({ held }) => held?.upgradeId === '1.35-1.36' && held.mutated === true)).toBe(
    true,
  );
  return world;
};
const standing = async (world: Awaited<ReturnType<typeof smallFleet>>) => {
  const m = await memberOf(world, 'p');
  const c = (await controlsOf(world)).find(({ clusterKey }) => clusterKey.includes('/p'));
  return [
    m.status,
    m.from,
    m.to,
    c?.held?.upgradeId,
    c?.retried?.upgradeId,
    versionOf(world, 'p'),
    groupsOf(world, 'p'),
  ];
};

async function plannedAroundHalfDone() {
  const world = await smallFleet({
    clusters: [
      { name: 'd', version: '1.36', tags: { stage: 'dev' } },
      { name: 'p', version: '1.35', tags: { stage: 'prod' }, nodegroups: [{ name: 'one' }, { name: 'two' }] },
      ...staged('prod', ['q'], '1.35'),
    ],
    policy: spec(at('dev', { soak: '30h' }), at('prod', { failureBudget: { maxFailures: 1 } })),
    prepare: nodesFail,
    faults: [
      { ...beforeCommit(async (one) => void (await stopFleet(one.ports, PERSON, 'x'))), function: 'roll-node-group' },
    ],
  });
  await hours(world, 3);
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.36', PERSON, { approve: true });
  await hours(world, 3);
  expect((await upgradesOf(world)).find(({ id }) => id === '1.35-1.36')).toMatchObject({
    status: 'Parked',
    mutated: true,
  });
  await resumeFleet(world.ports, PERSON);
  await hours(world, 3);
  expect((await standing(world)).slice(0, 7)).toEqual([
    'Failed',
    '1.36',
    '1.37',
    '1.35-1.36',
    undefined,
    '1.36',
    ['1.35', '1.35'],
  ]);
  return world;
}

test('a retry of a hop by hand that was parked half-way while a plan was made keeps the next hop from beginning by hand', async () => {
  const world = await plannedAroundHalfDone();
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', ANA, { approve: true }).catch(() => undefined);
  await hours(world, 3);
  expect([versionOf(world, 'p'), (await upgradesOf(world)).find(({ id }) => id === '1.35-1.36')?.status]).toEqual([
    '1.36',
    'Failed',
  ]);
});

test('what a retry has taken off is kept whichever hop its member would make next', async () => {
  const world = await plannedAroundHalfDone();
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  expect((await standing(world)).slice(3, 5)).toEqual([undefined, '1.35-1.36']);
});

test('while it is to be tried again nobody finishes it by hand, and whoever asks is told what does', async () => {
  const world = await laterWave('24h');
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  const asked = requestUpgrade(world.ports, await recordOf(world, 'p'), '1.36', PERSON, { approve: true });
  await expect(asked).rejects.toThrow('only the rollout that it was retried in goes on with it');
});

test('what a retry has let be tried again is tried again, also where its wave is planned anew', async () => {
  const world = await laterWave('20h');
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await hours(world, 24 * 10);
  expect([await standing(world), (await waveNamed(world, 'prod'))?.status]).toEqual([
    ['Succeeded', '1.37', '1.37', undefined, undefined, '1.37', ['1.37', '1.37']],
    'Completed',
  ]);
});

test('the hold of another hop than the one its rollout makes is back when that rollout is through', async () => {
  const world = await smallFleet({
    clusters: [
      ...staged('dev', ['d'], '1.35'),
      { name: 'p', version: '1.35', tags: { stage: 'prod' }, nodegroups: [{ name: 'one' }] },
      ...staged('prod', ['q'], '1.35'),
    ],
    policy: { ...spec(at('dev', { soak: '60h' }), at('prod', { failureBudget: { maxFailures: 1 } })), target: '1.36' },
  });
  await hours(world, 3);
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.36', PERSON, { approve: true });
  await hours(world, 3);
  failing('p')(world.eks.state);
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
  await hours(world, 3);
  const holds = () => controlsOf(world).then((all) => all.flatMap(({ held }) => held?.upgradeId ?? []));
  expect(await holds()).toEqual(['1.36-1.37']);
  const isRetried = await retryCluster(world.ports, await keyOf(world, 'p'), PERSON).then(
    () => true,
    () => false,
  );
  await hours(world, 3);
  const { state } = await explainCluster(world.ports, await recordOf(world, 'p'));
  expect(isRetried ? state : 'Held').toBe('Held');
});
