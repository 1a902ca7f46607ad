import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { clock, fleetConfig, keep, NOON } from '../../test/material/protocol/one-upgrade.ts';
import type { AccountState, ClusterRecord } from '../contracts/items/cluster.ts';
import { unreachable } from '../model/unreachable.ts';
import { NEVER } from '../policy/cluster-labels.ts';
import type { EksReader } from '../ports/eks.ts';
import { Accounts, Clusters, Organizations, ReconcileMarkers } from '../store/entities.ts';
import { load, loadKind, put } from '../store/entity.ts';
import { discoverClusters } from './discover-clusters.ts';

const LISTED = '111111111111';
const MEMBER = '222222222222';
const web = clusterRecord({ name: 'web', account: LISTED });
const shop = clusterRecord({ name: 'shop', account: MEMBER });

const ORGANIZATION = 'o-a1b2c3d4e5';

const throttled = Object.assign(new Error('Try later.'), { name: 'UnrecognizedClientException' });

interface Before {
  /** The organization of the last listing. */
  readonly listed?: string;
  /** The error when the member's clusters are listed. */
  readonly unlistable?: Error;
  /** The known state of the member's account, instead of a look that listed its cluster; undefined when nothing is known. */
  readonly state?: Partial<AccountState> | undefined;
  /** Further known facts about the member's cluster. */
  readonly known?: Partial<ClusterRecord>;
}

/**
 * The known state after a look at a Fleet with the first of two accounts, which were both looked at before. `accounts`: the answer of its
 * organization.
 */
async function looked(organizationId: string | undefined, accounts: readonly string[] | Error, before: Before = {}) {
  const { listed, unlistable, known = {} } = before;
  const table = new MemoryTable();
  const { document } = fleetConfig;
  const spec = { ...(document.spec as object), accounts: [LISTED], regions: [web.region], organizationId };
  await keep(table, { fleet: { ...fleetConfig, document: { ...document, spec } }, cluster: web });
  const looks = [web, shop].flatMap(({ account, region, name }): AccountState[] => {
    if (account === MEMBER && 'state' in before && before.state === undefined) return [];
    const more = account === MEMBER ? before.state : {};
    return [{ account, region, status: 'Ok', clusters: 1, names: [name], checkedAt: NOON.toISOString(), ...more }];
  });
  const seen = looks.map((state) => put(Accounts, state, 'absent'));
  await table.transact([put(Clusters, { ...shop, ...known }, 'absent'), ...seen]);
  if (listed !== undefined) await table.transact([put(Organizations, { organizationId: listed }, 'absent')]);
  const asked: string[] = [];
  const eks = {
    listClusters: async ({ account }) => {
      asked.push(account);
      if (account === MEMBER && unlistable !== undefined) throw unlistable;
      return [account === LISTED ? 'web' : 'shop'];
    },
  } as Pick<EksReader, 'listClusters'> as EksReader;
  const listAccounts = async () => {
    if (accounts instanceof Error) throw accounts;
    return [...accounts];
  };
  const ports = { table, eks, queue: { send: async () => {} }, clock, organization: { listAccounts } };
  const refused = await discoverClusters(ports).then(
    () => undefined,
    (error: unknown) => error,
  );
  const states = await loadKind(table, Accounts);
  const clusters = await loadKind(table, Clusters);
  return {
    refused,
    asked,
    organization: (await load(table, Organizations))?.data.organizationId,
    isDirty: (await load(table, ReconcileMarkers))?.data.dirtySince !== undefined,
    states: states.map(({ account, status, reason }) => [account, status, reason]),
    unreachable: clusters.flatMap((one) => {
      const condition = unreachable(one);
      return condition === undefined ? [] : [[one.name, condition.message]];
    }),
  };
}

test('an account that the organization lists no more is Unreachable with its clusters, and nobody looks into it', async () => {
  const why = `AccountLeft: The organization does not list ${MEMBER} any more.`;
  expect(await looked(ORGANIZATION, [LISTED], { listed: ORGANIZATION })).toMatchObject({
    refused: undefined,
    asked: [LISTED],
    states: [
      [LISTED, 'Ok', undefined],
      [MEMBER, 'Unreachable', why],
    ],
    unreachable: [['shop', `It cannot be read: ${why} Run: liftlock access check`]],
  });
});

test('an account whose look was lost with a restore, and that the organization lists no more, has left', async () => {
  const { unreachable } = await looked(ORGANIZATION, [LISTED], { listed: '', state: undefined });
  expect(unreachable.map(([name]) => name)).toEqual(['shop']);
});

test.each<[string, Partial<AccountState>, string[]]>([
  ['is the first since it was forgotten counts as none', { reason: undefined }, []],
  ['is the second says that nobody can', { reason: 'Throttled' }, ['shop']],
])('a look that fails and %s, whatever the account was before', async (_, state, names) => {
  for (const status of ['Ok', 'Denied', 'Unreachable'] as const) {
    const before = { listed: ORGANIZATION, unlistable: throttled, known: { lastSeenAt: NEVER } };
    const after = await looked(ORGANIZATION, [LISTED, MEMBER], {
      ...before,
      state: { status, ...state, checkedAt: NEVER },
    });
    expect(after.unreachable.map(([name]) => name)).toEqual(names);
  }
});

const denied = new Error('You may not list accounts.');
test.each<[string, string | undefined, string[] | Error, unknown]>([
  ['the organization cannot be listed', ORGANIZATION, denied, denied],
  ['the organization lists all', ORGANIZATION, [LISTED, MEMBER], undefined],
  ['the Fleet names no organization', undefined, [], undefined],
])('no account has left while %s', async (_, organizationId, accounts, refused) => {
  const after = await looked(organizationId, accounts);
  expect(after.states.map(([account, status]) => [account, status])).toEqual([
    [LISTED, 'Ok'],
    [MEMBER, 'Ok'],
  ]);
  expect([after.unreachable, after.refused]).toEqual([[], refused]);
});

test.each<[string, string | undefined, string[] | Error, string | undefined, [string | undefined, boolean]]>([
  ['is listed for the first time', ORGANIZATION, [LISTED, MEMBER], undefined, [ORGANIZATION, true]],
  ['is listed after another one', ORGANIZATION, [LISTED, MEMBER], 'o-other', [ORGANIZATION, true]],
  ['is listed again', ORGANIZATION, [LISTED, MEMBER], ORGANIZATION, [ORGANIZATION, false]],
  ['cannot be listed', ORGANIZATION, denied, undefined, ['', false]],
  ['cannot be listed, unlike another one before', ORGANIZATION, denied, 'o-other', ['o-other', false]],
  ['is none', undefined, [], undefined, [undefined, false]],
])(
  'which organization was listed is kept, and has the next tick look at everything, once that is news: it %s',
  async (_, organizationId, accounts, listed, outcome) => {
    const after = await looked(organizationId, accounts, listed === undefined ? {} : { listed });
    expect([after.organization, after.isDirty]).toEqual(outcome);
  },
);

test.each<[string, Partial<ClusterRecord>, string[]]>([
  ['that is looked at anew becomes unreachable: nobody can', { lastSeenAt: NEVER }, ['shop']],
  ['that is known stays as it is', {}, []],
])('where an account cannot be listed and denies nothing, a cluster %s', async (_, known, names) => {
  const after = await looked(ORGANIZATION, [LISTED, MEMBER], { listed: ORGANIZATION, unlistable: throttled, known });
  expect(after.states.map(([account, status]) => [account, status])).toEqual([
    [LISTED, 'Ok'],
    [MEMBER, 'Unreachable'],
  ]);
  expect(after.unreachable.map(([name]) => name)).toEqual(names);
});

test('each cluster is looked at deeply every day, by runs that are late too, and no hour has most of them', async () => {
  const table = new MemoryTable();
  const { document } = fleetConfig;
  const spec = { ...(document.spec as object), accounts: [LISTED], regions: [web.region] };
  await keep(table, { fleet: { ...fleetConfig, document: { ...document, spec } }, cluster: web });
  const names = Array.from({ length: 480 }, (_, index) => `shop-${index}`);
  const eks = { listClusters: async () => names } as Pick<EksReader, 'listClusters'> as EksReader;
  /** The names whose look is a deep one, in the run of this hour that begins so many minutes after it. */
  const deepIn = async (hour: number, minutes = 0): Promise<string[]> => {
    const deep: string[] = [];
    await discoverClusters({
      ...{ table, eks, organization: { listAccounts: async () => [] } },
      clock: { now: () => new Date(NOON.getTime() + hour * 3_600_000 + minutes * 60_000) },
      queue: {
        send: async (items) => void deep.push(...items.flatMap((item) => (item.depth === 'deep' ? item.name : []))),
      },
    });
    return deep.filter((name) => names.includes(name));
  };
  const day: string[][] = [];
  for (let hour = 0; hour < 24; hour += 1) day.push(await deepIn(hour));
  expect([...new Set(day.flat())].sort()).toEqual([...names].sort());
  expect(Math.max(...day.map(({ length }) => length))).toBeLessThan(45);
  expect(await deepIn(24 + 7)).toEqual(day[7]);
  // The run of this hour slips over its end, and the next one does not.
  const late = [...(await deepIn(5)), ...(await deepIn(6, 10)), ...(await deepIn(7))];
  expect([5, 6, 7].flatMap((hour) => day[hour] ?? []).filter((name) => !late.includes(name))).toEqual([]);
  const slipping: string[] = [];
  for (let hour = 0; hour < 24; hour += 1) slipping.push(...(await deepIn(hour, hour < 12 ? -1 : 1)));
  expect(names.filter((name) => !slipping.includes(name))).toEqual([]);
});
