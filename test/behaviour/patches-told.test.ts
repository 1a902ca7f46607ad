import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { listClusters } from '../../core/queries/list-clusters.ts';
import { refreshReadiness } from '../../core/readiness/refresh-readiness.ts';
import type { World } from '../../simulator/process/world.ts';
import { clusterArn, hours, PERSON, recordOf, run, smallFleet, startByHand } from './small-fleet.ts';

const cluster = (name: string, tags: Record<string, string> = {}) => ({
  ...{ name, tags, version: '1.37' },
  nodegroups: [{ name: 'workers', nodes: 1 }],
});
const fleet = (policy: object, ...clusters: ReturnType<typeof cluster>[]) =>
  smallFleet({ clusters, policy: { trigger: 'manual', patch: { nodes: {} }, ...policy } });
const saidOf = async (world: World, name = 'web') => {
  const { state, reasons, when } = await explainCluster(world.ports, await recordOf(world, name));
  return { state, codes: reasons.map(({ code }) => code), texts: reasons.map(({ message }) => message), ...when };
};
const dryRun = (world: World, finish = false) =>
  startRollout(world.ports, 'policy-0', PERSON, { dryRun: true, finish });
const leftOut = async (world: World) =>
  (await dryRun(world)).leftOut?.map(({ name, reason }) => [name, reason.code, reason.message]);

const DEV = [{ name: 'dev', selector: { matchLabels: { stage: 'dev' } } }];

test('a cluster that no wave takes is told that, and not that a rollout takes it', async () => {
  const world = await fleet({ waves: DEV }, cluster('web', { stage: 'prod' }), cluster('dev', { stage: 'dev' }));
  await hours(world, 3);
  const said = await saidOf(world);
  expect(said).toMatchObject({ state: 'Excluded', codes: ['ImagesBehind', 'NoWave'] });
  expect(said.condition).toBe('What keeps it out of every wave is corrected.');
  expect(await leftOut(world)).toEqual([['web', 'NoWave', 'No wave of the policy policy-0 selects it.']]);
});

test('a cluster whose wave tag names no later wave is told that, also where its nodes are behind', async () => {
  const behind = {
    ...cluster('old', { stage: 'dev', 'liftlock/wave': 'nope' }),
    nodegroups: [{ name: 'workers', nodes: 1, version: '1.36' }],
  };
  const world = await fleet(
    { waves: DEV, finish: 'propose' },
    ...[cluster('web', { stage: 'dev', 'liftlock/wave': 'nope' }), behind, cluster('dev', { stage: 'dev' })],
  );
  await hours(world, 3);
  const tag = `The cluster's tag liftlock/wave is "nope", and the policy policy-0 has dev.`;
  expect(await saidOf(world)).toMatchObject({ state: 'Excluded', codes: ['ImagesBehind', 'BadTag'] });
  const old = await saidOf(world, 'old');
  expect(old.codes).toEqual(['NodesBehind', 'BadTag']);
  expect(old.condition).toBe('What keeps it out of every wave is corrected.');
  expect(await leftOut(world)).toEqual([
    ['old', 'NodesBehind', expect.stringMatching(`stops the hop to 1.40. ${tag}`)],
    ['web', 'BadTag', tag],
  ]);
});

test('a cluster that its tag has paused is Excluded, whatever its images are', async () => {
  const world = await fleet({}, cluster('web', { 'liftlock/paused': 'true' }));
  await hours(world, 3);
  expect(await saidOf(world)).toMatchObject({ state: 'Excluded', codes: ['ImagesBehind', 'Excluded'] });
});

const denied = () =>
  Object.assign(new Error('not authorized to perform: ssm:GetParameters'), { name: 'AccessDeniedException' });

test('where the releases of images cannot be read nobody is called UpToDate, and explain says since when and why', async () => {
  const world = await fleet({}, cluster('web'));
  const { getParameters } = world.ports.account;
  let isDenied = true;
  world.ports.account.getParameters = async (...asked) => {
    if (isDenied) throw denied();
    return getParameters(...asked);
  };
  await hours(world, 3);
  const said = await saidOf(world);
  expect(said).toMatchObject({ state: 'PatchesUnknown', codes: ['PatchesUnknown', 'AtTarget'] });
  expect(said.texts[0]).toBe(
    'Nobody knows whether images of web are behind: which releases there are in eu-central-1 was never read. It has failed since 2026-11-20T08:00:00.000Z: eu-central-1: 111111111111: AccessDeniedException: not authorized to perform: ssm:GetParameters',
  );
  expect(said.condition).toBe(
    'Liftlock reads what there is (images, and what it has left unread, every hour, add-ons once a day); or a newer version becomes the target.',
  );
  isDenied = false;
  await hours(world, 2);
  expect((await saidOf(world)).state).toBe('ImagesBehind');
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  await run(world);
  expect((await saidOf(world)).state).toBe('UpToDate');
  isDenied = true;
  await hours(world, 6);
  // What was read within a day still says something.
  expect((await saidOf(world)).state).toBe('UpToDate');
  await hours(world, 26);
  const later = await saidOf(world);
  expect(later.state).toBe('PatchesUnknown');
  expect(later.texts[0]).toMatch(
    /was read last at 2026-11-2\S+\. It has failed since 2026-11-2\S+: eu-central-1: 111111111111: Acc/,
  );
});

test('where AWS names no release for the type of a group its images are not known', async () => {
  const world = await fleet({}, cluster('web'));
  world.ports.account.getParameters = async () => [];
  await hours(world, 2);
  const said = await saidOf(world);
  expect(said.state).toBe('PatchesUnknown');
  expect(said.texts[0]).toBe(
    'Nobody knows whether images of web are behind: AWS names no release of AL2023_x86_64_STANDARD for 1.37 in eu-central-1.',
  );
});

test('a dry run says of a patch what is not known, and once somebody has looked what is', async () => {
  const world = await fleet({}, cluster('web'));
  await hours(world, 3);
  const before = await dryRun(world);
  expect(before.members).toMatchObject([{ readiness: 'incomplete', reasons: [{ code: 'NeverScanned' }] }]);
  expect(before.members[0]?.reasons[0]?.message).toBe(
    'Nobody has looked whether the nodes of web can be replaced at 1.37; its upgrade looks before it changes anything. Sooner: liftlock scan cluster web --target 1.37',
  );
  await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
  await hours(world, 0.5);
  expect((await dryRun(world)).members).toMatchObject([{ readiness: 'ready', reasons: [] }]);
});

test('what is to be taken within a time is told as overdue after it, to people and as a metric, until it is taken', async () => {
  const world = await fleet({ patch: { nodes: {}, within: '10d' } }, cluster('web'), cluster('other'));
  const counts = async () => ((await world.invoke('refresh-readiness', {})) as { patches: object }).patches;
  await hours(world, 3);
  // The newest release is of 12 November.
  expect((await saidOf(world)).codes).toEqual(['ImagesBehind']);
  const told = () =>
    world.bus.published.flatMap(({ event }) =>
      event.type === 'OwnerNews' ? event.detail.news.map(({ what, cluster: arn }) => `${what} ${arn}`) : [],
    );
  expect(await counts()).toEqual({ behind: 2, overdue: 0, oldestImageDays: 50 });
  expect(told()).toEqual([]);
  await hours(world, 48);
  const late = await saidOf(world);
  expect(late).toMatchObject({ state: 'ImagesBehind', codes: ['ImagesBehind', 'PatchesOverdue'] });
  expect(late.texts[1]).toBe('By its policy (patch.within) web was to have that by 2026-11-22T00:00:00.000Z.');
  expect(await counts()).toEqual({ behind: 2, overdue: 2, oldestImageDays: 52 });
  await counts();
  expect(told().sort()).toEqual(['other', 'web'].map((name) => `patchesOverdue ${clusterArn(name)}`));
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  // Whatever is in the way of it, or on its way.
  await hours(world, 0.1);
  const running = await saidOf(world);
  expect([running.codes.length > 1, running.codes]).toEqual([true, expect.arrayContaining(['PatchesOverdue'])]);
  await run(world);
  expect((await saidOf(world)).codes).toEqual(['AtTarget']);
  expect(await counts()).toMatchObject({ behind: 0, overdue: 0 });
});

test('a cluster below its target has nothing newer to take by a day: its hop brings the newest', async () => {
  const paused = { 'liftlock/paused': 'true' };
  const patch = { nodes: {}, within: '1d' };
  const world = await fleet({ patch }, { ...cluster('old', paused), version: '1.36' }, cluster('web', paused));
  await hours(world, 3);
  const { items } = await listClusters(world.ports, {});
  expect(items.map(({ name, state, patchesDueAt }) => [name, state, patchesDueAt !== null])).toEqual([
    ['old', 'Excluded', false],
    ['web', 'Excluded', true],
  ]);
  const { patches } = await refreshReadiness(world.ports);
  expect([patches.behind, patches.overdue]).toEqual([1, 1]);
});

test('by when it is to be taken stays the same while newer ones come, more of them than are kept', async () => {
  const world = await fleet({ patch: { nodes: {}, within: '10d' } }, cluster('web'));
  await hours(world, 26);
  const dueAt = async () => (await listClusters(world.ports, {})).items[0]?.patchesDueAt;
  expect(await dueAt()).toBe('2026-11-22T00:00:00.000Z');
  for (const day of [13, 14, 15, 16, 17, 18, 19, 20, 21]) {
    world.eks.state.imageDays = { '1.37': `2026-11-${day}` };
    await world.invoke('watch-versions', {});
  }
  expect(await dueAt()).toBe('2026-11-22T00:00:00.000Z');
  await hours(world, 26);
  expect(await dueAt()).toBe('2026-11-22T00:00:00.000Z');
});
