import type { RegionVersions } from '../../core/contracts/items/cluster.ts';
import { discoverClusters } from '../../core/inventory/discover-clusters.ts';
import { applyConfig } from '../../core/operations/apply-documents.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { skipCluster } from '../../core/operations/skip-cluster.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { fleetStatus } from '../../core/queries/fleet-status.ts';
import { isInventoryComplete } from '../../core/rollout/automatic-rollouts.ts';
import { Accounts, Organizations } from '../../core/store/entities.ts';
import { load, loadKind } from '../../core/store/entity.ts';
import type { World } from '../../simulator/process/world.ts';
import { LISTED, MEMBER, ofMember } from './accidents.ts';
import { applySpec, at, fleetOf, spec } from './changed-policy.ts';
import { restored } from './restored.ts';
import {
  clustersOf,
  hours,
  membersOf,
  minutes,
  PERSON,
  recordOf,
  type SmallFleet,
  smallFleet,
  touched,
  versionOf,
} from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

const REGIONS = ['eu-central-1'];
const web = { name: 'web', version: '1.36', account: LISTED };
const shop = { name: 'shop', version: '1.36', account: MEMBER };
const refused = Object.assign(new Error('You may not list accounts.'), { name: 'AccessDeniedException' });

/** A Fleet that names one account and the organization, to which another one belongs. */
async function organizationFleet(more: Partial<SmallFleet> = {}) {
  const fleet = { accounts: [LISTED], organizationId: 'o-a1b2c3d4e5' };
  const world = await smallFleet({ clusters: [web, shop], policy: { trigger: 'manual' }, ...fleet, ...more });
  const listing = { fails: false, accounts: [LISTED, MEMBER] };
  const listAccounts = async (): Promise<string[]> => {
    if (listing.fails) throw refused;
    return listing.accounts;
  };
  Object.assign(world.ports, { organization: { listAccounts } });
  const look = async (): Promise<unknown> => {
    const outcome = await discoverClusters(world.ports).then(
      () => 'done',
      (error: unknown) => error,
    );
    await world.clock.runUntil(new Date(world.clock.now().getTime() + 60_000));
    return outcome;
  };
  return { world, listing, look };
}

const namesOf = async (world: World) => (await clustersOf(world)).map(({ name }) => name).sort();

async function isComplete(world: World): Promise<boolean> {
  const fleet = { accounts: [LISTED], organizationId: 'o-a1b2c3d4e5', regions: REGIONS } as unknown as Parameters<
    typeof isInventoryComplete
  >[0];
  const accounts = await loadKind(world.table, Accounts);
  const clusters = new Map((await clustersOf(world)).map((one) => [one.clusterKey, one]));
  const regions = new Map(REGIONS.map((region) => [region, { region } as RegionVersions]));
  const organizationId = (await load(world.table, Organizations))?.data.organizationId;
  return isInventoryComplete(fleet, { accounts, organizationId }, { clusters, regions }, world.clock.now());
}

test('accounts of the organization are looked at beside those that the Fleet lists', async () => {
  const { world, look } = await organizationFleet();
  expect(await look()).toBe('done');
  expect(await namesOf(world)).toEqual(['shop', 'web']);
  expect(await isComplete(world)).toBe(true);
});

test('in a rehearsal the organization has the accounts of the folder', async () => {
  const fleet = { accounts: [], organizationId: 'o-a1b2c3d4e5' };
  const world = await smallFleet({ clusters: [web, shop], policy: { trigger: 'manual' }, ...fleet });
  await hours(world, 0.25);
  expect(await namesOf(world)).toEqual(['shop', 'web']);
});

test('an organization that cannot be listed does not stop the accounts that the Fleet lists', async () => {
  const { world, listing, look } = await organizationFleet();
  listing.fails = true;
  expect(await look()).toBe(refused);
  expect(await namesOf(world)).toEqual(['web']);
});

test('while the organization was never listed, the inventory is not complete, and no rollout begins with half of it', async () => {
  const { world, listing, look } = await organizationFleet();
  listing.fails = true;
  await look();
  await look();
  expect(await isComplete(world)).toBe(false);
  listing.fails = false;
  await look();
  expect(await isComplete(world)).toBe(true);
});

test('that it cannot be listed is read where accounts are, and why, until it is listed', async () => {
  const { world, listing, look } = await organizationFleet();
  const told = async () =>
    (await fleetStatus(world.ports)).accounts.map((one) => [one.account, one.status, one.reason]);
  listing.fails = true;
  await look();
  const why = 'AccessDeniedException: You may not list accounts.';
  expect(await told()).toEqual([
    ['o-a1b2c3d4e5', 'Denied', why],
    [LISTED, 'Ok', undefined],
  ]);
  await world.invoke('watch-versions', {});
  await applySpec(world, { selector: {}, trigger: 'automatic', target: '1.37', waves: [{ name: 'all' }] });
  const { reasons, when } = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect([reasons.map(({ code }) => code), when.condition]).toEqual([
    ['Automatic', 'InventoryIncomplete'],
    'All of the Fleet is known. What cannot be read says: liftlock fleet status',
  ]);
  await applySpec(world, { selector: {}, trigger: 'manual', target: '1.37', waves: [{ name: 'all' }] });
  const refused =
    'Until all of the Fleet is known, rollout create is refused without --incomplete-inventory. What cannot be read says: liftlock fleet status';
  const byHand = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect([byHand.reasons.map(({ code }) => code), byHand.when.condition]).toEqual([
    ['ManualTrigger', 'InventoryIncomplete'],
    `Somebody runs: liftlock rollout create policy-0. ${refused}`,
  ]);
  expect(byHand.reasons.at(-1)?.message).toMatch(/[^.]\.$/);
  const started = startRollout(world.ports, 'policy-0', PERSON, { dryRun: true });
  await expect(started).rejects.toThrow(`which was refused: ${why}`);
  const options = { dryRun: false, incompleteInventory: true };
  const { id } = await startRollout(world.ports, 'policy-0', PERSON, options);
  await abortRollout(world.ports, id, PERSON, 'not today');
  const aborted = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect([aborted.reasons.map(({ code }) => code), aborted.when.condition]).toEqual([
    ['RolloutAborted', 'Aborted', 'InventoryIncomplete'],
    byHand.when.condition,
  ]);
  await startRollout(world.ports, 'policy-0', PERSON, options);
  const { clusterKey } = await recordOf(world, 'web');
  await skipCluster(world.ports, clusterKey, PERSON, 'not now');
  const skipped = await explainCluster(world.ports, await recordOf(world, 'web'));
  // The rollout that is under way ends all the same.
  expect(skipped.when.condition).toBe(
    `That rollout ends; then somebody runs: liftlock rollout create policy-0. ${refused}`,
  );
  // Of another one nobody has tried it yet.
  await applyConfig(world.ports, [fleetOf({ accounts: [LISTED], organizationId: 'o-another0000' })], PERSON);
  expect(await told()).toEqual([[LISTED, 'Ok', undefined]]);
  listing.fails = false;
  await look();
  expect(await told()).toEqual([
    [LISTED, 'Ok', undefined],
    [MEMBER, 'Ok', undefined],
  ]);
  await applyConfig(world.ports, [fleetOf({ accounts: [MEMBER] })], PERSON);
  expect(await told()).toEqual([[MEMBER, 'Ok', undefined]]);
});

test('an account that the Fleet names no more is left alone at once, whatever organization it names, until that was listed and has it', async () => {
  const { world, listing, look } = await organizationFleet();
  await applyConfig(world.ports, [fleetOf({ accounts: [LISTED, MEMBER] })], PERSON);
  await look();
  await applySpec(world, { selector: {}, trigger: 'manual', target: '1.37', waves: [{ name: 'all' }] });
  const codes = async (name: string) =>
    (await explainCluster(world.ports, await recordOf(world, name))).reasons.map(({ code }) => code);
  const nameOrganization = () =>
    applyConfig(world.ports, [fleetOf({ accounts: [LISTED], organizationId: 'o-a1b2c3d4e5' })], PERSON);
  await nameOrganization();
  expect(await codes('shop')).toContain('NotInFleet');
  expect(await codes('web')).not.toContain('NotInFleet');
  listing.fails = true;
  await look();
  expect(await codes('shop')).toContain('NotInFleet');
  listing.fails = false;
  await look();
  expect(await codes('shop')).not.toContain('NotInFleet');
  // Once it was listed it may fail, and whatever else is applied.
  listing.fails = true;
  await look();
  await applyConfig(
    world.ports,
    [fleetOf({ accounts: [LISTED], organizationId: 'o-a1b2c3d4e5', mode: 'observe' })],
    PERSON,
  );
  expect(await codes('shop')).not.toContain('NotInFleet');
});

test('once it was listed, what is known of the accounts stays, and those that the Fleet lists are still looked at', async () => {
  const { world, listing, look } = await organizationFleet();
  await look();
  listing.fails = true;
  world.eks.state.deniedAccounts.push(LISTED);
  expect(await look()).toBe(refused);
  const states = await loadKind(world.table, Accounts);
  expect(states.map(({ account, status }) => [account, status])).toEqual([
    [LISTED, 'Denied'],
    [MEMBER, 'Ok'],
  ]);
  expect(await isComplete(world)).toBe(true);
});

test('a rollout goes on after a restore although an account of it has left the organization', async () => {
  const { world, listing } = await organizationFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p']), ...ofMember('prod', 'x')],
    calendars: { nights: { windows: [{ name: 'n', schedule: '0 22 * * *', duration: '6h' }] } },
    policies: [],
  });
  await hours(world, 1.2);
  await applySpec(world, spec(at('dev', { calendar: 'nights' }), at('prod')));
  await hours(world, 1.2);
  expect((await membersOf(world)).map(({ name, status }) => `${name} ${status}`)).toEqual([
    'd Pending',
    'p Pending',
    'x Pending',
  ]);
  listing.accounts = [LISTED];
  await hours(world, 1);
  await restored(world, world.table.snapshot(), world.clock.now());
  await hours(world, 24 * 7);
  expect(['p', 'x'].map((name) => versionOf(world, name))).toEqual(['1.37', '1.36']);
});

describe('while the organization cannot be listed', () => {
  const waves = spec(at('dev'), at('prod'));
  /** Its first wave is in an account that only the organization lists. */
  const known = async () => {
    const fleet = await organizationFleet({
      clusters: [...ofMember('dev', 'd'), ...staged('prod', ['p'])],
      policies: [],
    });
    await hours(fleet.world, 1.2);
    expect(await namesOf(fleet.world)).toEqual(['d', 'p']);
    fleet.listing.fails = true;
    return fleet;
  };

  test('a rollout is planned over what is known of its accounts', async () => {
    const { world } = await known();
    await applySpec(world, waves);
    await hours(world, 0.2);
    expect([touched(world, 'd'), touched(world, 'p')]).toEqual([true, false]);
  });

  test('none is planned after a restore: its accounts would be those of the list alone', async () => {
    const { world } = await known();
    await applySpec(world, { ...waves, trigger: 'manual' });
    await restored(world, world.table.snapshot(), world.clock.now());
    await applySpec(world, waves);
    await hours(world, 2);
    expect(touched(world, 'p')).toBe(false);
  });
});

test('a Fleet that names an organization for the first time begins nothing before its accounts are listed', async () => {
  const world = await smallFleet({
    clusters: [...ofMember('dev', 'd'), ...staged('prod', ['p'])],
    policies: [],
    accounts: [LISTED],
  });
  Object.assign(world.ports, { organization: { listAccounts: async () => [LISTED, MEMBER] } });
  await hours(world, 1.6);
  await applyConfig(world.ports, [fleetOf({ organizationId: 'o-a1b2c3d4e5' })], PERSON);
  await applySpec(world, spec(at('dev'), at('prod')));
  await minutes(world, 10);
  expect(await namesOf(world)).toEqual(['p']);
  expect([touched(world, 'd'), touched(world, 'p')]).toEqual([false, false]);
  await hours(world, 0.3);
  expect([touched(world, 'd'), touched(world, 'p')]).toEqual([true, false]);
});
