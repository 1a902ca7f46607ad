import { MemoryTable } from '../../adapters/memory/table.ts';
import { fleetConfig, keep, NOON } from '../../test/material/protocol/one-upgrade.ts';
import { NEVER } from '../policy/cluster-labels.ts';
import type { EksReader } from '../ports/eks.ts';
import { Accounts } from '../store/entities.ts';
import { loadKind } from '../store/entity.ts';
import { discoverClusters } from './discover-clusters.ts';

const ACCOUNTS = Array.from({ length: 100 }, (_, index) => String(100_000_000_000 + index));

test('an account into which EKS was never asked to look counts as looked into by no number of runs: the inventory is not complete', async () => {
  const table = new MemoryTable();
  const { document } = fleetConfig;
  const spec = { ...(document.spec as object), accounts: ACCOUNTS, regions: ['eu-central-1'] };
  await keep(table, { fleet: { ...fleetConfig, document: { ...document, spec } } });
  let seconds = 0;
  const asked = new Set<string>();
  const eks = {
    async listClusters({ account }) {
      asked.add(account);
      seconds += 40;
      throw Object.assign(new Error('Connection timed out'), { name: 'TimeoutError' });
    },
  } as Pick<EksReader, 'listClusters'> as EksReader;
  for (let run = 0; run < 2; run += 1) {
    await discoverClusters({
      ...{ table, eks, clock: { now: () => new Date(NOON.getTime() + seconds * 1_000) } },
      organization: { listAccounts: async () => [] },
      queue: { send: async () => {} },
    });
    seconds = 3_600;
  }
  const neverAsked = (await loadKind(table, Accounts)).filter(({ account }) => !asked.has(account));
  expect(neverAsked.length).toBeGreaterThan(50);
  expect(
    neverAsked.filter(({ checkedAt }) => checkedAt !== NEVER).map(({ account, reason }) => [account, reason]),
  ).toEqual([]);
});
