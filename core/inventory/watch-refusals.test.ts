import { MemoryTable } from '../../adapters/memory/table.ts';
import { fleetConfig, keep, NOON } from '../../test/material/protocol/one-upgrade.ts';
import type { AccountState } from '../contracts/items/cluster.ts';
import type { EksReader, Scope } from '../ports/eks.ts';
import { Accounts, Regions } from '../store/entities.ts';
import { loadKind, put } from '../store/entity.ts';
import { watchVersions } from './watch-versions.ts';

const ACCOUNTS = Array.from({ length: 300 }, (_, index) => String(100_000_000_000 + index));
const [FIRST = '', LAST = ''] = [ACCOUNTS[0], ACCOUNTS.at(-1)];

/** Two Regions of three hundred accounts, of which the first refuses all accounts but one, each at once. */
async function watched(answering: string, states: readonly Partial<AccountState>[] = []) {
  const table = new MemoryTable();
  const { document } = fleetConfig;
  const spec = { ...(document.spec as object), accounts: ACCOUNTS, regions: ['eu-south-2', 'us-east-1'] };
  await keep(table, { fleet: { ...fleetConfig, document: { ...document, spec } } });
  const state = { region: 'eu-south-2', clusters: 0, names: [], checkedAt: NOON.toISOString() };
  for (const one of states) await table.transact([put(Accounts, { ...state, ...one } as AccountState, 'absent')]);
  const asked: string[] = [];
  const describeClusterVersions = async ({ account, region }: Scope) => {
    if (region === 'us-east-1') return [{ clusterVersion: '1.37', versionStatus: 'STANDARD_SUPPORT' }];
    asked.push(account);
    if (account === answering) return [{ clusterVersion: '1.37', versionStatus: 'STANDARD_SUPPORT' }];
    throw Object.assign(new Error('not enabled'), { name: 'UnrecognizedClientException' });
  };
  const eks = { describeClusterVersions } as unknown as EksReader;
  const ports = { table, eks, clock: { now: () => NOON }, account: {} as never, events: { publish: async () => {} } };
  const { unreadable } = await watchVersions(ports);
  return { asked, unreadable, regions: (await loadKind(table, Regions)).map(({ region }) => region).sort() };
}

test('a Region that refuses one account after the other is given up, so that the next ones have their time', async () => {
  const { asked, unreadable, regions } = await watched('nobody');
  expect([asked.length, new Set(asked).size, asked[0]]).toEqual([20, 20, FIRST]);
  expect([unreadable.length, regions]).toEqual([1, ['us-east-1']]);
});

test('an account that discovery could read there is asked before hundreds that refuse', async () => {
  const states = ACCOUNTS.map((account) => ({ account, status: account === LAST ? 'Ok' : 'Denied' }) as const);
  const { asked, regions } = await watched(LAST, states);
  expect([asked.at(-1), asked.length, regions]).toEqual([LAST, 4, ['eu-south-2', 'us-east-1']]);
});
