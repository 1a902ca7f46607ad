import { discoverClusters } from '../../core/inventory/discover-clusters.ts';
import { isInventoryComplete } from '../../core/rollout/inventory-complete.ts';
import { Accounts } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import type { World } from '../../simulator/process/world.ts';
import { clustersOf, smallFleet } from './small-fleet.ts';

const LISTED = '111111111111';
const MEMBER = '222222222222';
const REGIONS = ['eu-central-1'];
const web = { name: 'web', version: '1.36', account: LISTED };
const shop = { name: 'shop', version: '1.36', account: MEMBER };
const refused = Object.assign(new Error('You may not list accounts.'), { name: 'AccessDeniedException' });

/** A Fleet that names one account and the organization, to which another one belongs. */
async function organizationFleet() {
  const fleet = { accounts: [LISTED], organizationId: 'o-a1b2c3d4e5' };
  const world = await smallFleet({ clusters: [web, shop], policy: { trigger: 'manual' }, ...fleet });
  const listing = { fails: false };
  const listAccounts = async (): Promise<string[]> => {
    if (listing.fails) throw refused;
    return [LISTED, MEMBER];
  };
  const look = async (): Promise<unknown> => {
    const ports = { ...world.ports, organization: { listAccounts } };
    const outcome = await discoverClusters(ports).then(
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
  const fleet = { accounts: [LISTED], regions: REGIONS } as unknown as Parameters<typeof isInventoryComplete>[0];
  const accounts = await loadKind(world.table, Accounts);
  return isInventoryComplete(fleet, accounts, await clustersOf(world), world.clock.now());
}

test('accounts of the organization are looked at beside those that the Fleet lists', async () => {
  const { world, look } = await organizationFleet();
  expect(await look()).toBe('done');
  expect(await namesOf(world)).toEqual(['shop', 'web']);
  expect(await isComplete(world)).toBe(true);
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
