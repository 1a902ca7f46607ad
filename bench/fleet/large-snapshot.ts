import { type CompiledCalendar, compileCalendar } from '../../core/calendar/compile-calendar.ts';
import type { AccountState, ClusterRecord } from '../../core/contracts/items/cluster.ts';
import type { Grant, Upgrade } from '../../core/contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../../core/contracts/items/rollout.ts';
import type { FleetSnapshot } from '../../core/rollout/snapshot.ts';
import { servedKeys } from '../../core/rollout/tried.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';

const NOW = '2026-11-20T08:00:00.000Z';
const TEAMS = ['payments', 'search', 'checkout', 'data', 'platform'] as const;
const IN_FLIGHT_PER_TEAM = 100;
const WAVE = 400;

interface LargeFleet {
  readonly clusters: number;
  /** With everything that the hourly full look reads, and two more automatic policies without a rollout. */
  readonly history: boolean;
}

/** Five rollouts of equal size, a hundred clusters in flight in each; all others wait for a place in their wave, or for their wave. */
export function largeSnapshot({ clusters: count, history }: LargeFleet): FleetSnapshot {
  const clusters = Array.from({ length: count }, (_, index) => cluster(index));
  const rollouts: Rollout[] = [];
  const waves: Wave[] = [];
  const members: Member[] = [];
  for (const team of TEAMS) {
    const own = clusters.filter((one) => one.labels.team === team);
    rollouts.push(rollout(team, Math.ceil(own.length / WAVE)));
    for (let index = 0; index * WAVE < own.length; index += 1) {
      const inWave = own.slice(index * WAVE, (index + 1) * WAVE);
      waves.push(wave(team, index, inWave.length));
      members.push(...inWave.map((one, position) => member(team, index, position, one)));
    }
  }
  const running = members.filter(({ status }) => status === 'Running');
  const policies = Object.fromEntries(
    [...TEAMS, ...(history ? ['idle-a', 'idle-b'] : [])].map((one) => [one, policy(one)]),
  );
  return {
    ...fleetSnapshot({ clusters, policies, caps: { perAccount: 20 }, versions: ['1.36', '1.37'] }),
    calendars: new Map(Array.from({ length: 6 }, (_, index) => calendar(`c${index}`))),
    ledger: { counts: { total: running.length } },
    grants: running.map(grant),
    upgrades: running.map(upgrade),
    rollouts,
    waves,
    members,
    ...(history
      ? {
          history: {
            accounts: lookedAt(clusters),
            rollouts,
            waves,
            members,
            served: new Set(members.flatMap((one) => servedKeys(one.rolloutId, one))),
          },
        }
      : {}),
  };
}

function policy(team: string): object {
  const count = Math.ceil(10_000 / TEAMS.length / WAVE);
  const waves = Array.from({ length: count }, (_, index) => ({
    name: `wave-${index}`,
    selector: { matchLabels: { wave: String(index) } },
    soak: '6h',
    calendar: `c${index % 6}`,
    maxConcurrency: IN_FLIGHT_PER_TEAM,
    failureBudget: { maxFailures: 2 },
  }));
  return { selector: { matchLabels: { team } }, target: '1.37', trigger: 'automatic', waves };
}

/** Open at the time of the measurement, with a freeze now and then. */
function calendar(name: string): [string, CompiledCalendar] {
  const spec = {
    timeZone: 'Europe/Berlin',
    windows: [{ name: 'days', schedule: '0 7 * * *', duration: '14h' }],
    freezes: [{ name: 'month-end', schedule: '0 0 28 * *', duration: '4d' }],
  };
  return [name, compileCalendar(name, spec)];
}

const ACCOUNTS = 500;
const accountOf = (index: number): string => String(100_000_000_000 + (index % ACCOUNTS));

/** Long ago: new clusters are left alone. */
const CREATED = '2026-01-01T00:00:00.000Z';

function cluster(index: number): ClusterRecord {
  const team = TEAMS[index % TEAMS.length] ?? 'platform';
  const [status, version] = ['ACTIVE', '1.36'];
  const workers = { name: 'workers', version, status, amiType: 'AL2023_x86_64_STANDARD', desiredSize: 6, issues: [] };
  const addons = ['vpc-cni', 'coredns', 'kube-proxy'].map((name) => ({
    name,
    version: 'v1.2.3-eksbuild.1',
    status,
    issues: [],
  }));
  return clusterRecord({
    account: accountOf(index),
    name: `cluster-${index}`,
    createdAt: CREATED,
    version,
    nodegroups: [workers, { ...workers, name: 'spot' }],
    addons,
    insights: { passing: 6, warning: 0, error: 0, unknown: 0 },
    tags: { team, stage: 'prod' },
    labels: { team, stage: 'prod' },
    versionObservedAt: NOW,
    lastSeenAt: NOW,
  });
}

function rollout(team: string, waves: number): Rollout {
  const names = Array.from({ length: waves }, (_, index) => `wave-${index}`);
  return rolloutItem({ id: team, policy: team, policyRevision: 'r', createdAt: NOW, waves: names });
}

function wave(rolloutId: string, index: number, members: number): Wave {
  const place = { rolloutId, index, name: `wave-${index}`, members, needWork: members };
  const state =
    index === 0 ? ({ status: 'Open', inFlight: IN_FLIGHT_PER_TEAM } as const) : ({ status: 'Pending' } as const);
  return waveItem({ ...place, ...state, maxConcurrency: IN_FLIGHT_PER_TEAM, maxFailures: 2 });
}

function member(rolloutId: string, waveIndex: number, position: number, { clusterKey, name }: ClusterRecord): Member {
  const isRunning = waveIndex === 0 && position < IN_FLIGHT_PER_TEAM;
  return memberItem({
    ...{ rolloutId, waveIndex, clusterKey, name, position: position + 1 },
    ...(isRunning ? { status: 'Running', inFlight: true, upgradeId: '1.36-1.37' } : {}),
  });
}

function grant({ clusterKey }: Member): Grant {
  return {
    clusterKey,
    number: 1,
    epoch: 1,
    status: 'open',
    upgradeId: '1.36-1.37',
    machine: 'upgrade-cluster',
    holder: `execution-of-${clusterKey}`,
    executionName: 'upgrade-1',
    input: {},
    capKeys: ['total'],
    children: [],
    grantedAt: NOW,
  };
}

function upgrade({ clusterKey, rolloutId, waveIndex }: Member): Upgrade {
  return {
    clusterKey,
    id: '1.36-1.37',
    machine: 'upgrade-cluster',
    from: '1.36',
    to: '1.37',
    status: 'Running',
    mutated: true,
    steps: {},
    requestedBy: 'liftlock',
    rolloutId,
    waveIndex,
    reasons: [],
    startedAt: NOW,
  };
}

/** As if discovery had just listed every one of them. */
function lookedAt(clusters: readonly ClusterRecord[]): AccountState[] {
  const scopes = Map.groupBy(clusters, ({ account, region }) => `${account}/${region}`);
  return [...scopes.values()].flatMap((here) => {
    const [first] = here;
    if (first === undefined) return [];
    const { account, region } = first;
    return [{ account, region, status: 'Ok' as const, clusters: here.length, checkedAt: NOW }];
  });
}
