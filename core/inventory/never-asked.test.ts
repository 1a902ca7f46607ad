import { MemoryTable } from '../../adapters/memory/table.ts';
import { fleetConfig, keep, NOON } from '../../test/material/protocol/one-upgrade.ts';
import { NEVER } from '../policy/cluster-labels.ts';
import type { EksReader } from '../ports/eks.ts';
import { Accounts } from '../store/entities.ts';
import { loadKind } from '../store/entity.ts';
import { discoverClusters } from './discover-clusters.ts';

const ACCOUNTS = Array.from({ length: 100 }, (_, index) => String(100_000_000_000 + index));

/** An organization of so many accounts that an hourly run, of which each look takes so many seconds, does not come to all. */
async function largeFleet(answer: () => string[]) {
  const table = new MemoryTable();
  const { document } = fleetConfig;
  const spec = { ...(document.spec as object), accounts: ACCOUNTS, regions: ['eu-central-1'] };
  await keep(table, { fleet: { ...fleetConfig, document: { ...document, spec } } });
  let seconds = 0;
  let each = 40;
  const asked: string[] = [];
  const eks = {
    async listClusters({ account }) {
      asked.push(account);
      seconds += each;
      return answer();
    },
  } as Pick<EksReader, 'listClusters'> as EksReader;
  return {
    asked,
    states: () => loadKind(table, Accounts),
    async run(hour: number, takes = 40) {
      [seconds, each] = [hour * 3_600, takes];
      await discoverClusters({
        ...{ table, eks, clock: { now: () => new Date(NOON.getTime() + seconds * 1_000) } },
        organization: { listAccounts: async () => [] },
        queue: { send: async () => {} },
      });
    },
  };
}

const timedOut = (): never => {
  throw Object.assign(new Error('Connection timed out'), { name: 'TimeoutError' });
};

test('an account into which EKS was never asked to look counts as looked into by no number of runs: the inventory is not complete', async () => {
  const { asked, states, run } = await largeFleet(timedOut);
  for (const hour of [0, 1]) await run(hour);
  const neverAsked = (await states()).filter(({ account }) => !asked.includes(account));
  expect(neverAsked.length).toBeGreaterThan(50);
  expect(
    neverAsked.filter(({ checkedAt }) => checkedAt !== NEVER).map(({ account, reason }) => [account, reason]),
  ).toEqual([]);
});

test.each([
  ['lists its clusters', () => ['web']],
  ['does not answer', timedOut],
])(
  'a run begins with those whom the one before had no time to ask, so that all are looked into, where EKS %s',
  async (_, answer) => {
    const { asked, run } = await largeFleet(answer);
    for (let hour = 0; hour < 10; hour += 1) await run(hour);
    expect([...new Set(asked)].sort()).toEqual(ACCOUNTS);
  },
);

test('of an account that was looked into before, and that there was no time to ask, all is kept that was known', async () => {
  const { asked, states, run } = await largeFleet(() => ['web']);
  await run(0, 0);
  const before = await states();
  asked.length = 0;
  await run(1);
  const unasked = (await states()).filter(({ account }) => !asked.includes(account));
  expect(unasked).toHaveLength(80);
  const reason = 'TimeIsUp: Others took so long that there was no time to ask EKS in eu-central-1 for this account.';
  const known = before.filter(({ account }) => !asked.includes(account));
  expect(unasked).toEqual(known.map((state) => ({ ...state, reason })));
});
