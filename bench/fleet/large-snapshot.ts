import { type CompiledCalendar, compileCalendar } from '../../core/calendar/compile-calendar.ts';
import { parseConfig } from '../../core/config/parse-config.ts';
import type { UpgradePolicy } from '../../core/config/types.ts';
import type { AccountState, ClusterRecord } from '../../core/contracts/items/cluster.ts';
import type { Grant, Upgrade } from '../../core/contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../../core/contracts/items/rollout.ts';
import { servedKey } from '../../core/rollout/automatic-rollouts.ts';
import type { FleetSnapshot } from '../../core/rollout/snapshot.ts';

const NOW = '2026-11-20T08:00:00.000Z';
const TEAMS = ['payments', 'search', 'checkout', 'data', 'platform'] as const;
const IN_FLIGHT_PER_TEAM = 100;
const WAVE = 400;

export interface LargeFleet {
  readonly clusters: number;
  /** With everything that the hourly full look reads, and two more automatic policies without a rollout. */
  readonly history: boolean;
}

/** Five rollouts of equal size, a hundred clusters in flight in each; all others wait for a place in their wave, or for their wave. */
export function largeSnapshot({ clusters: count, history }: LargeFleet): FleetSnapshot {
  const clusters = Array.from({ length: count }, (_, index) => cluster(index));
  const policies = [...TEAMS, ...(history ? ['idle-a', 'idle-b'] : [])].map(policy);
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
  return {
    epoch: { number: 1 },
    fleet: fleetSpec(),
    control: undefined,
    policies: new Map(policies.map((one) => [one.metadata.name, { policy: one, revision: 'r', appliedBy: ['bench'] }])),
    clusters: new Map(clusters.map((one) => [one.clusterKey, one])),
    controls: new Map(),
    unreadablePolicies: [],
    calendars: new Map(Array.from({ length: 6 }, (_, index) => calendar(`c${index}`))),
    channels: new Map(),
    learned: undefined,
    gateReadings: new Map(),
    regions: new Map([
      [
        'eu-central-1',
        {
          region: 'eu-central-1',
          versions: ['1.36', '1.37'].map(offered),
          announced: [],
          checkedAt: NOW,
        },
      ],
    ]),
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
            scans: new Map(),
            served: new Set(members.map((one) => servedKey(one.rolloutId, one))),
          },
        }
      : {}),
  };
}

function fleetSpec() {
  const accounts = JSON.stringify(Array.from({ length: ACCOUNTS }, (_, index) => accountOf(index)));
  const text = `{apiVersion: liftlock/v1alpha1, kind: Fleet, metadata: {name: bench}, spec: {mode: act, accounts: ${accounts}, regions: [eu-central-1], spokeRole: {externalId: bench}, caps: {perAccount: 20}}}`;
  return parseConfig([{ path: 'fleet.yaml', text }], { now: new Date(NOW) }).fleet?.spec;
}

function policy(name: string): UpgradePolicy {
  const count = Math.ceil(10_000 / TEAMS.length / WAVE);
  const rules = (index: number) =>
    `{name: wave-${index}, selector: {matchLabels: {wave: "${index}"}}, soak: 6h, calendar: c${index % 6}, maxConcurrency: ${IN_FLIGHT_PER_TEAM}, failureBudget: {maxFailures: 2}}`;
  const waves = Array.from({ length: count }, (_, index) => rules(index)).join(', ');
  const text = `{apiVersion: liftlock/v1alpha1, kind: UpgradePolicy, metadata: {name: ${name}}, spec: {selector: {matchLabels: {team: ${name}}}, target: "1.37", trigger: automatic, waves: [${waves}]}}`;
  const [parsed] = parseConfig([{ path: 'policy.yaml', text }], { now: new Date(NOW) }).policies;
  if (parsed === undefined) throw new Error(`the policy ${name} is not valid`);
  return parsed;
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
  const account = accountOf(index);
  const name = `cluster-${index}`;
  const arn = `arn:aws:eks:eu-central-1:${account}:cluster/${name}`;
  const team = TEAMS[index % TEAMS.length] ?? 'platform';
  const nodegroup = {
    name: 'workers',
    version: '1.36',
    status: 'ACTIVE',
    amiType: 'AL2023_x86_64_STANDARD',
    desiredSize: 6,
    issues: [],
  };
  return {
    clusterKey: `${arn}@${CREATED}`,
    arn,
    createdAt: CREATED,
    account,
    region: 'eu-central-1',
    name,
    version: '1.36',
    status: 'ACTIVE',
    endpoint: { publicAccess: true, privateAccess: true, publicAccessCidrs: ['0.0.0.0/0'] },
    autoMode: false,
    nodegroups: [nodegroup, { ...nodegroup, name: 'spot' }],
    fargateProfiles: [],
    addons: ['vpc-cni', 'coredns', 'kube-proxy'].map((addon) => ({
      name: addon,
      version: 'v1.2.3-eksbuild.1',
      status: 'ACTIVE',
      issues: [],
    })),
    insights: { passing: 6, warning: 0, error: 0, unknown: 0 },
    tags: { team, stage: 'prod' },
    labels: { team, stage: 'prod' },
    managedBy: [],
    conditions: [],
    unreadable: [],
    versionObservedAt: NOW,
    lastSeenAt: NOW,
  };
}

const offered = (version: string) => ({
  version,
  status: 'STANDARD_SUPPORT',
  defaultVersion: false,
  releaseDate: '2026-01-01T00:00:00.000Z',
  endOfStandardSupport: '2028-01-01T00:00:00.000Z',
});

function rollout(team: string, waves: number): Rollout {
  const names = Array.from({ length: waves }, (_, index) => `wave-${index}`);
  return {
    id: team,
    policy: team,
    policyRevision: 'r',
    target: '1.37',
    status: 'Running',
    createdBy: 'liftlock',
    createdAt: NOW,
    waves: names,
    reasons: [],
  };
}

function wave(rolloutId: string, index: number, members: number): Wave {
  const open = index === 0;
  const counts = { succeeded: 0, failed: 0, blocked: 0, excluded: 0, quarantined: 0 };
  return {
    rolloutId,
    index,
    name: `wave-${index}`,
    status: open ? 'Open' : 'Pending',
    members,
    needWork: members,
    maxConcurrency: IN_FLIGHT_PER_TEAM,
    maxFailures: 2,
    inFlight: open ? IN_FLIGHT_PER_TEAM : 0,
    ...counts,
    reasons: [],
  };
}

function member(rolloutId: string, waveIndex: number, position: number, { clusterKey, name }: ClusterRecord): Member {
  const running = waveIndex === 0 && position < IN_FLIGHT_PER_TEAM;
  return {
    rolloutId,
    waveIndex,
    clusterKey,
    name,
    from: '1.36',
    to: '1.37',
    status: running ? 'Running' : 'Pending',
    inFlight: running,
    ...(running ? { upgradeId: '1.36-1.37' } : {}),
    reasons: [],
    position: position + 1,
  };
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
