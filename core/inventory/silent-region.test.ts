import { MemoryTable } from '../../adapters/memory/table.ts';
import { fleetConfig, keep, NOON } from '../../test/material/protocol/one-upgrade.ts';
import type { ClusterVersionInformation, EksReader, Scope } from '../ports/eks.ts';
import { Accounts, Regions } from '../store/entities.ts';
import { loadKind } from '../store/entity.ts';
import { discoverClusters } from './discover-clusters.ts';
import { watchVersions } from './watch-versions.ts';

/** Timeouts of the functions (infra/constructs/functions.ts): no run makes a request after that. */
const DISCOVERY_TIMEOUT = 900;
const WATCH_TIMEOUT = 300;
/** Four tries of ten seconds (adapters/aws/request-limits.ts, readLimits). */
const UNANSWERED = 40;
const ACCOUNTS = Array.from({ length: 300 }, (_, index) => String(100_000_000_000 + index));
const SILENT = 'eu-central-1';
const WELL = 'us-east-1';

/** A Fleet of three hundred accounts, and an EKS that answers no call in one of two Regions; those calls take virtual time, and others none. */
async function silentRegion(
  unanswered = (_: Scope, seconds: number): boolean => seconds >= 0,
  fleet: object = { accounts: ACCOUNTS },
) {
  const table = new MemoryTable();
  const { document } = fleetConfig;
  const spec = { ...(document.spec as object), regions: [SILENT, WELL], ...fleet };
  await keep(table, { fleet: { ...fleetConfig, document: { ...document, spec } } });
  let seconds = 0;
  const answer = async <Answer>(scope: Scope, said: Answer): Promise<Answer> => {
    if (scope.region !== SILENT || !unanswered(scope, seconds)) return said;
    const ends = seconds + UNANSWERED;
    await new Promise<void>((resolve) => setImmediate(resolve));
    seconds = Math.max(seconds, ends);
    throw Object.assign(new Error('Connection timed out'), { name: 'TimeoutError' });
  };
  const offered: ClusterVersionInformation = { clusterVersion: '1.37', versionStatus: 'STANDARD_SUPPORT' };
  const eks = {
    listClusters: (scope) => answer(scope, ['web']),
    describeClusterVersions: (scope) => answer(scope, [offered]),
  } as Pick<EksReader, 'listClusters' | 'describeClusterVersions'> as EksReader;
  const clock = { now: () => new Date(NOON.getTime() + seconds * 1_000) };
  return { table, eks, clock, took: () => seconds };
}

async function discovered(unanswered?: Parameters<typeof silentRegion>[0]) {
  const { table, eks, clock, took } = await silentRegion(unanswered);
  const queued = { [SILENT]: new Set<string>(), [WELL]: new Set<string>() };
  await discoverClusters({
    ...{ table, eks, clock },
    organization: { listAccounts: async () => [] },
    queue: {
      async send(items) {
        if (took() <= DISCOVERY_TIMEOUT)
          for (const { account, region } of items) queued[region as typeof WELL].add(account);
      },
    },
  });
  return { queued, took: took(), states: await loadKind(table, Accounts) };
}

test('while EKS answers nothing in one Region, the clusters of the others are discovered, and the run comes to its end', async () => {
  const { queued, took } = await discovered();
  expect(queued[WELL].size).toBe(ACCOUNTS.length);
  expect(took).toBeLessThan(DISCOVERY_TIMEOUT);
});

test('an account that was not asked for want of time is Unreachable there as any that did not answer, and says so', async () => {
  const { states } = await discovered();
  const silent = states.filter(({ region }) => region === SILENT);
  expect(silent.map(({ status }) => status)).toEqual(ACCOUNTS.map(() => 'Unreachable'));
  expect(silent[0]?.reason).toBe('TimeoutError: Connection timed out');
  expect(silent.at(-1)?.reason).toBe(
    `TimeIsUp: Others took so long that there was no time to ask EKS in ${SILENT} for this account.`,
  );
  expect(new Set(states.filter(({ region }) => region === WELL).map(({ status }) => status))).toEqual(new Set(['Ok']));
});

test('a Region that has failed for one account is looked into in every other one', async () => {
  const { queued, states } = await discovered(({ account }) => account === ACCOUNTS[0]);
  expect(queued[SILENT].size).toBe(ACCOUNTS.length - 1);
  expect(states.filter(({ status }) => status === 'Unreachable').map(({ account }) => account)).toEqual([ACCOUNTS[0]]);
});

test('while EKS answers nothing in one Region, the versions of the others are watched, and it is asked for one account', async () => {
  const { table, eks, clock, took } = await silentRegion();
  const none = async () => {};
  const result = await watchVersions({ table, eks, clock, events: { publish: none }, account: {} as never });
  expect(result.unreadable).toEqual([`${SILENT}: ${ACCOUNTS[0]}: TimeoutError: Connection timed out`]);
  expect((await loadKind(table, Regions)).map(({ region }) => region)).toEqual([WELL]);
  expect(took()).toBeLessThan(WATCH_TIMEOUT);
});

test('a run in which every look takes long ends in time, and says whom nobody has asked', async () => {
  const { table, eks, clock, took } = await silentRegion();
  const slow = { ...eks, listClusters: (scope: Scope) => eks.listClusters({ ...scope, region: SILENT }) } as EksReader;
  await discoverClusters({
    ...{ table, eks: slow, clock },
    ...{ organization: { listAccounts: async () => [] }, queue: { send: async () => {} } },
  });
  expect(took()).toBeLessThan(DISCOVERY_TIMEOUT);
  const states = await loadKind(table, Accounts);
  expect(states).toHaveLength(2 * ACCOUNTS.length);
  expect(states.filter(({ reason = '' }) => reason.startsWith('TimeIsUp')).length).toBeGreaterThan(ACCOUNTS.length);
});

test('a Region where the organization has no clusters is not asked for versions, and is nothing that could not be read', async () => {
  const { table, eks, clock } = await silentRegion(undefined, { accounts: [], organizationId: 'o-abcdefghij' });
  const none = async () => {};
  const result = await watchVersions({ table, eks, clock, events: { publish: none }, account: {} as never });
  expect(result).toEqual({ announced: 0, unreadable: [] });
});
