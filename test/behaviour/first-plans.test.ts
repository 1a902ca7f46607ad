import { applyConfig } from '../../core/operations/apply-documents.ts';
import { voteOnWave } from '../../core/operations/vote-on-wave.ts';
import { dieBeforeRollout, LISTED, listAlone, MEMBER, ofMember, throttle } from './accidents.ts';
import { apply, applySpec, at, CARL, clusterOf, fleetOf, retag, spec } from './changed-policy.ts';
import {
  clustersOf,
  hours,
  membersOf,
  minutes,
  PERSON,
  recordOf,
  rolloutIdOf,
  smallFleet,
  touched,
} from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

/** d of an account that only the organization lists, in a Region that the Fleet leaves out for two days and names again. */
async function regionComesBack(accounts: readonly string[]) {
  const world = await smallFleet({
    clusters: [...ofMember('dev', 'd').map((one) => ({ ...one, region: 'eu-west-1' })), ...staged('prod', ['p'])],
    policies: [],
    accounts: [LISTED],
    organizationId: 'o-a1b2c3d4e5',
  });
  Object.assign(world.ports, { organization: { listAccounts: async () => [LISTED, MEMBER] } });
  const fleet = (...regions: string[]) =>
    applyConfig(world.ports, [fleetOf({ organizationId: 'o-a1b2c3d4e5', accounts, regions })], PERSON);
  await fleet('eu-central-1', 'eu-west-1');
  await hours(world, 2);
  expect((await clustersOf(world)).map(({ name }) => name).sort()).toEqual(['d', 'p']);
  await fleet('eu-central-1');
  await hours(world, 1);
  Object.assign(clusterOf(world, 'd')?.tags ?? {}, { stage: 'prod' });
  await hours(world, 48.5);
  await fleet('eu-central-1', 'eu-west-1');
  await applySpec(world, spec(at('dev'), at('prod')));
  return world;
}

test('a Region that comes back into the Fleet of an organization is looked at before anything is planned', async () => {
  const world = await regionComesBack([]);
  await minutes(world, 10);
  expect([touched(world, 'd'), touched(world, 'p')]).toEqual([false, false]);
});

test('so is one beside whose organization an account is listed, until its clusters are described', async () => {
  const world = await regionComesBack([LISTED]);
  await listAlone(world);
  expect([touched(world, 'd'), touched(world, 'p')]).toEqual([false, false]);
});

test.each([[0], [1]])(
  'an account whose first listing is throttled %s times is not taken for one without clusters',
  async (times) => {
    const world = await smallFleet({
      clusters: [...ofMember('dev', 'd'), ...staged('prod', ['p'])],
      policies: [spec(at('dev', { soak: '48h' }), at('prod'))],
      accounts: [LISTED, MEMBER],
    });
    throttle(world, 'listClusters', ({ account }) => account === MEMBER, times);
    await hours(world, 12);
    expect([touched(world, 'd'), touched(world, 'p')]).toEqual([true, false]);
  },
);

test.each([[0], [1]])(
  'a Region whose versions could not be read at first, %s times, does not go after the others',
  async (times) => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']).map((one) => ({ ...one, region: 'eu-west-1' })), ...staged('prod', ['p'])],
      policies: [],
    });
    await applyConfig(world.ports, [fleetOf({ regions: ['eu-central-1', 'eu-west-1'] })], PERSON);
    await applySpec(world, spec(at('dev', { soak: '48h' }), at('prod')));
    throttle(world, 'describeClusterVersions', ({ region }) => region === 'eu-west-1', times);
    await hours(world, 12);
    expect([touched(world, 'd'), touched(world, 'p')]).toEqual([true, false]);
  },
);

test.each([[0], [1]])('so is one that a Fleet in force names anew, throttled %s times', async (times) => {
  const world = await smallFleet({
    clusters: [...ofMember('dev', 'd'), ...staged('prod', ['p'])],
    policies: [],
    accounts: [LISTED],
  });
  await hours(world, 1.2);
  throttle(world, 'listClusters', ({ account }) => account === MEMBER, times);
  await applyConfig(world.ports, [fleetOf({ accounts: [LISTED, MEMBER] })], PERSON);
  await applySpec(world, spec(at('dev', { soak: '48h' }), at('prod')));
  await hours(world, 12);
  expect([touched(world, 'd'), touched(world, 'p')]).toEqual([true, false]);
});

test.each(['policy', 'tag'])(
  'what an attempt to create a rollout has left is not taken for a part of the next one, planned by another %s',
  async (what) => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...staged(what === 'tag' ? 'dev' : 'prod', ['p'])],
      policies: [],
    });
    await hours(world, 1.2);
    const isDone = dieBeforeRollout(world);
    const dev = what === 'tag' ? at('dev') : { name: 'dev', selector: {} };
    await apply(world, { ...dev, soak: '48h' }, at('prod'));
    await world.tick();
    expect([isDone(), (await membersOf(world)).length]).toEqual([true, 2]);
    if (what === 'tag') await retag(world, 'p', { stage: 'prod' });
    else await apply(world, at('dev', { soak: '48h' }), at('prod'));
    await hours(world, 12);
    expect([touched(world, 'd'), touched(world, 'p')]).toEqual([true, false]);
  },
);

test.each([
  ['at once', false],
  ['after some seconds', true],
])('a tag that the index shows %s keeps its cluster out of the wave that it left', async (_, isLate) => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d', 'p'])],
    policies: [],
    calendars: { late: { windows: [{ name: 'n', schedule: '45 9 * * *', duration: '6h' }] } },
  });
  await hours(world, 1.05);
  await apply(
    world,
    at('dev', { calendar: 'late', soak: '48h', maxConcurrency: 5, approval: { approvals: 1 } }),
    at('prod'),
  );
  await minutes(world, 3);
  expect((await membersOf(world)).map(({ name, waveIndex }) => `${name} ${waveIndex}`)).toEqual(['d 0', 'p 0']);
  // The owner of p changes its tag; CloudTrail tells; the index follows only after the next look has begun.
  const queryKind = world.table.queryKind.bind(world.table);
  const old = await queryKind('Cluster');
  Object.assign(clusterOf(world, 'p')?.tags ?? {}, { stage: 'prod' });
  let lagging = isLate;
  const lagged: typeof queryKind = async (kind) => (lagging && kind === 'Cluster' ? old : queryKind(kind));
  world.table.queryKind = lagged;
  await world.invoke('discover-clusters', {});
  await world.clock.runUntil(new Date(world.clock.now().getTime() + 2_000));
  expect((await recordOf(world, 'p')).tags.stage).toBe(isLate ? 'dev' : 'prod');
  await world.tick();
  lagging = false;
  expect((await recordOf(world, 'p')).tags.stage).toBe('prod');
  await voteOnWave(world.ports, await rolloutIdOf(world), 'dev', { decision: 'Approved', by: CARL });
  await minutes(world, 45);
  await minutes(world, 300);
  expect([touched(world, 'd'), touched(world, 'p')]).toEqual([true, false]);
});

test.each([
  ['d of dev', '/d@'],
  ['nobody', 'nobody'],
])('a wave is not skipped while the index does not show %s of its rollout yet', async (_, hidden) => {
  const world = await smallFleet({ clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])], policies: [] });
  await hours(world, 1.1);
  await apply(world, at('dev', { soak: '48h' }), at('prod'));
  const queryActive = world.table.queryActive.bind(world.table);
  world.table.queryActive = async () =>
    (await queryActive()).filter(({ kind, sk }) => kind !== 'Member' || !sk.includes(hidden));
  await world.tick();
  world.table.queryActive = queryActive;
  await minutes(world, 30);
  const events = world.table.auditTimeline().map(({ event }) => event);
  expect([touched(world, 'd'), touched(world, 'p'), events.includes('WaveSkipped')]).toEqual([true, false, false]);
});
