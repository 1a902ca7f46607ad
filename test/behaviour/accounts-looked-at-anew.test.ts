import { applyConfig } from '../../core/operations/apply-documents.ts';
import { LISTED, listAlone, MEMBER, ofMember, throttle } from './accidents.ts';
import { applySpec, at, clusterOf, fleetOf, spec } from './changed-policy.ts';
import { restored } from './restored.ts';
import { clustersOf, hours, minutes, mutationsOf, PERSON, smallFleet, touched } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

test('an organization that is taken out and named again is listed before anything is planned', async () => {
  const world = await smallFleet({
    clusters: [...ofMember('dev', 'd'), ...staged('prod', ['p'])],
    policies: [],
    accounts: [LISTED],
    organizationId: 'o-a1b2c3d4e5',
  });
  const listing = [LISTED];
  Object.assign(world.ports, { organization: { listAccounts: async () => listing } });
  await hours(world, 1.6);
  expect((await clustersOf(world)).map(({ name }) => name)).toEqual(['p']);
  await applyConfig(world.ports, [fleetOf({})], PERSON);
  await hours(world, 48);
  listing.push(MEMBER);
  await applyConfig(world.ports, [fleetOf({ organizationId: 'o-a1b2c3d4e5' })], PERSON);
  await applySpec(world, spec(at('dev'), at('prod')));
  await minutes(world, 10);
  expect([touched(world, 'd'), touched(world, 'p')]).toEqual([false, false]);
});

test('what is known of the accounts of an organization from before is looked at anew when it is named again', async () => {
  const world = await smallFleet({
    clusters: [...ofMember('dev', 'd'), ...staged('prod', ['p'])],
    policies: [],
    accounts: [LISTED],
    organizationId: 'o-a1b2c3d4e5',
  });
  Object.assign(world.ports, { organization: { listAccounts: async () => [LISTED, MEMBER] } });
  await hours(world, 1.6);
  expect((await clustersOf(world)).map(({ name }) => name).sort()).toEqual(['d', 'p']);
  await applyConfig(world.ports, [fleetOf({})], PERSON);
  await hours(world, 1);
  Object.assign(clusterOf(world, 'd')?.tags ?? {}, { stage: 'prod' });
  await hours(world, 48.5);
  await applyConfig(world.ports, [fleetOf({ organizationId: 'o-a1b2c3d4e5' })], PERSON);
  await applySpec(world, spec(at('dev'), at('prod')));
  await minutes(world, 10);
  expect([touched(world, 'd'), touched(world, 'p')]).toEqual([false, false]);
});

test('clusters of an account that was listed, and that an organization brings back, do not begin by what they were', async () => {
  const world = await smallFleet({
    clusters: [...ofMember('dev', 'd'), ...staged('prod', ['p'])],
    policies: [],
    accounts: [LISTED, MEMBER],
  });
  Object.assign(world.ports, { organization: { listAccounts: async () => [LISTED, MEMBER] } });
  await hours(world, 1.6);
  await applyConfig(world.ports, [fleetOf({})], PERSON);
  await hours(world, 1);
  Object.assign(clusterOf(world, 'd')?.tags ?? {}, { stage: 'prod' });
  await hours(world, 48);
  await applyConfig(world.ports, [fleetOf({ organizationId: 'o-a1b2c3d4e5' })], PERSON);
  await applySpec(world, spec(at('dev'), at('prod')));
  await listAlone(world);
  expect([touched(world, 'd'), touched(world, 'p')]).toEqual([false, false]);
});

test('one throttled listing after a restore takes no cluster out of the order of its waves', async () => {
  const world = await smallFleet({
    clusters: [...ofMember('dev', 'd'), ...staged('dev', ['e']), ...staged('prod', ['p'])],
    policies: [],
    accounts: [LISTED, MEMBER],
  });
  await hours(world, 1.2);
  await applySpec(world, { ...spec(at('dev'), at('prod')), trigger: 'manual' });
  throttle(world, 'listClusters', ({ account }) => account === MEMBER, 1);
  await restored(world, world.table.snapshot(), world.clock.now());
  await applySpec(world, spec(at('dev'), at('prod')));
  await hours(world, 72);
  const order = [...new Set(mutationsOf(world).map(({ clusterArn: arn }) => arn.split('/').at(-1)))];
  expect(order.indexOf('d')).toBeLessThan(order.indexOf('p'));
  expect((await clustersOf(world)).map(({ name, version }) => [name, version]).sort()).toEqual([
    ['d', '1.37'],
    ['e', '1.37'],
    ['p', '1.37'],
  ]);
});
