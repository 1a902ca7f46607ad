import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { AccountState, ClusterRecord } from '../contracts/items/cluster.ts';
import { NEVER } from '../policy/cluster-labels.ts';
import { inventoryGaps, isInventoryComplete } from './automatic-rollouts.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const { fleet } = fleetSnapshot({ clusters: [], policies: {} });
if (fleet === undefined) throw new Error('there is no Fleet');
const state = (more: Partial<AccountState> = {}): AccountState => ({
  account: '111111111111',
  region: 'eu-central-1',
  status: 'Ok',
  clusters: 2,
  names: ['api', 'web'],
  checkedAt: '2026-11-20T11:59:00.000Z',
  ...more,
});
const at = { account: '111111111111', region: 'eu-central-1' };
const api = clusterRecord({ ...at, name: 'api' });
const web = clusterRecord({ ...at, name: 'web' });
const recordedLate = clusterRecord({
  ...at,
  name: 'api',
  conditions: [
    {
      type: 'Reachable',
      status: 'True',
      reason: 'Described',
      message: 'DescribeCluster answered.',
      lastTransitionTime: '2026-11-20T11:50:00.000Z',
    },
  ],
});
const gone = { ...web, deletedAt: '2026-11-20T11:00:00.000Z' };
const offered = fleetSnapshot({ clusters: [], policies: {} }).regions;
const knownOf = (clusters: readonly ClusterRecord[], regions = offered) => ({
  clusters: new Map(clusters.map((one) => [one.clusterKey, one])),
  regions,
});
const two = { ...fleet, regions: ['eu-central-1', 'eu-west-1'] };

test.each([
  ['nobody has looked anywhere', fleet, [], [], ['Nobody has looked into 111111111111 in eu-central-1 yet.']],
  ['a Region was not looked at', two, [state()], [api, web], ['Nobody has looked into 111111111111 in eu-west-1 yet.']],
  [
    'a cluster that was listed is not recorded',
    fleet,
    [state()],
    [api, gone],
    ['111111111111 in eu-central-1 lists 2 clusters; recorded so far: 1. Still to come: web.'],
  ],
  [
    'many are not recorded',
    fleet,
    [state({ clusters: 8, names: ['a', 'api', 'b', 'c', 'd', 'e', 'f', 'web'] })],
    [api, web],
    ['111111111111 in eu-central-1 lists 8 clusters; recorded so far: 2. Still to come: a, b, c, d, e and 1 more.'],
  ],
  [
    'the names were not kept',
    fleet,
    [state({ names: undefined })],
    [api],
    ['111111111111 in eu-central-1 lists 2 clusters; recorded so far: 1.'],
  ],
  [
    'an account has come into the Fleet again',
    fleet,
    [state({ checkedAt: NEVER })],
    [api, web],
    ['Nobody has looked into 111111111111 in eu-central-1 yet.'],
  ],
  [
    'a cluster was seen last before its account came into the Fleet again',
    fleet,
    [state()],
    [api, { ...web, lastSeenAt: NEVER }],
    ['111111111111 in eu-central-1 lists 2 clusters; recorded so far: 1. Still to come: web.'],
  ],
  ['all are recorded', fleet, [state()], [api, web], []],
  ['an account denies', fleet, [state({ status: 'Denied' })], [], []],
  [
    'one was not recorded for an hour, in which it was tried five times',
    fleet,
    [state({ checkedAt: '2026-11-20T11:00:00.000Z' })],
    [api],
    [],
  ],
  [
    'others are recorded still, half an hour after they were listed',
    fleet,
    [state({ checkedAt: '2026-11-20T11:30:00.000Z' })],
    [recordedLate],
    ['111111111111 in eu-central-1 lists 2 clusters; recorded so far: 1. Still to come: web.'],
  ],
] as const)('what is missing where %s', (_, spec, accounts, clusters, messages) => {
  const gaps = inventoryGaps(spec, { accounts }, knownOf(clusters), NOW);
  expect(gaps.map(({ message }) => message)).toEqual(messages);
  expect(gaps.every(({ code }) => code === 'InventoryIncomplete')).toBe(true);
  expect(isInventoryComplete(spec, { accounts }, knownOf(clusters), NOW)).toBe(messages.length === 0);
});

test.each<[string, string | undefined, boolean]>([
  ['was never listed', undefined, false],
  ['was not listed, but another one was', 'o-other', false],
  ['was listed', 'o-own', true],
])('the inventory of a Fleet whose organization %s', (_, organizationId, isComplete) => {
  const spec = { ...fleet, organizationId: 'o-own' };
  const known = { accounts: [state()], ...(organizationId === undefined ? {} : { organizationId }) };
  const gap = 'Nobody has listed the accounts of the organization o-own yet.';
  const gaps = inventoryGaps(spec, known, knownOf([api, web]), NOW);
  expect(gaps.map(({ code, message }) => [code, message])).toEqual(isComplete ? [] : [['InventoryIncomplete', gap]]);
  expect(isInventoryComplete(spec, known, knownOf([api, web]), NOW)).toBe(isComplete);
});

test('which organization was listed does not matter to a Fleet that names none', () => {
  expect(inventoryGaps(fleet, { accounts: [state()], organizationId: 'o-other' }, knownOf([api, web]), NOW)).toEqual(
    [],
  );
});

test('what EKS offers is missing where it was not read for a Region that has clusters', () => {
  const [there] = offered.values();
  if (there === undefined) throw new Error('no Region is known');
  const west = { ...there, region: 'eu-west-1' };
  const accounts = two.regions.map((region) => state({ region }));
  const gapsOf = (clusters: readonly ClusterRecord[], known: readonly (typeof west)[]) =>
    inventoryGaps(
      two,
      { accounts: accounts.map((one) => ({ ...one, clusters: 0 })) },
      knownOf(clusters, new Map(known.map((one) => [one.region, one]))),
      NOW,
    );
  const inWest = clusterRecord({ ...at, region: 'eu-west-1', name: 'w' });
  const gap = 'Nobody has read yet which versions EKS offers in eu-west-1.';
  expect(gapsOf([api, inWest], [there]).map(({ code, message }) => [code, message])).toEqual([
    ['InventoryIncomplete', gap],
  ]);
  expect(gapsOf([api], [there])).toEqual([]);
  expect(gapsOf([api, { ...inWest, deletedAt: NOW.toISOString() }], [there])).toEqual([]);
  expect(gapsOf([api, inWest], [there, west])).toEqual([]);
});
