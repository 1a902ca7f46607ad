import fc from 'fast-check';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { grant } from '../../test/material/protocol/one-upgrade.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import { NEVER } from '../policy/cluster-labels.ts';
import { decide } from './decide.ts';
import { planRollout } from './plan-rollout.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { waveEnd } from './wave-end.ts';

const NOW = new Date('2026-11-20T12:00:00Z');

const cluster = (name: string, more: Partial<ClusterRecord> = {}): ClusterRecord =>
  clusterRecord({ name, version: '1.36', ...more });

const everything = {
  selector: {},
  target: 'latest',
  trigger: 'automatic',
  waves: [{ name: 'all', maxConcurrency: 3 }],
};

describe('a plan', () => {
  test('puts every selected cluster into exactly one wave, or leaves it out with a reason', () => {
    const clusters = [
      cluster('a', { labels: { stage: 'dev' } }),
      cluster('b'),
      cluster('c', { version: '1.37' }),
      cluster('d', { tags: { 'liftlock/paused': 'true' }, labels: { stage: 'dev' } }),
    ];
    const staged = { ...everything, waves: [{ name: 'dev', selector: { matchLabels: { stage: 'dev' } } }] };
    const plan = planRollout(fleetSnapshot({ clusters, policies: { p0: staged } }), 'p0', { now: NOW, createdBy: 'x' });
    expect(plan?.members.map((member) => [member.name, member.status])).toEqual([
      ['a', 'Pending'],
      ['d', 'Excluded'],
    ]);
    expect(plan?.leftOut.map((one) => [one.name, one.reason.code]).sort()).toEqual([
      ['b', 'NoWave'],
      ['c', 'AtTarget'],
    ]);
  });

  test('leaves a cluster that two policies select alone', () => {
    const plan = planRollout(
      fleetSnapshot({ clusters: [cluster('a'), cluster('b')], policies: { p0: everything, p1: everything } }),
      'p0',
      {
        now: NOW,
        createdBy: 'x',
      },
    );
    expect(plan).toBeUndefined();
  });

  test('of the same clusters has the same id, so that two reconcilers write one rollout', () => {
    const build = (clusters: ClusterRecord[]) =>
      planRollout(fleetSnapshot({ clusters, policies: { p0: everything } }), 'p0', { now: NOW, createdBy: 'x' })
        ?.rollout.id;
    expect(build([cluster('a'), cluster('b')])).toBe(build([cluster('b'), cluster('a')]));
    expect(build([cluster('a')])).not.toBe(build([cluster('b')]));
  });
});

interface Situation {
  readonly members: number;
  readonly total: number;
  readonly concurrency: number;
  readonly busy: number;
  readonly statuses: readonly Member['status'][];
}

const situation: fc.Arbitrary<Situation> = fc.record({
  members: fc.integer({ min: 1, max: 40 }),
  total: fc.integer({ min: 1, max: 10 }),
  concurrency: fc.integer({ min: 1, max: 10 }),
  busy: fc.integer({ min: 0, max: 10 }),
  statuses: fc.array(fc.constantFrom<Member['status']>('Pending', 'Parked', 'Quarantined'), {
    minLength: 40,
    maxLength: 40,
  }),
});

function running({ members, total, concurrency, busy, statuses }: Situation): FleetSnapshot {
  const clusters = Array.from({ length: members }, (_, index) => cluster(`c${index}`));
  const rollout = rolloutItem({ policy: 'p0', policyRevision: JSON.stringify(everything) });
  const wave = waveItem({ members: members + busy, needWork: members, maxConcurrency: concurrency, inFlight: busy });
  const list = clusters.map(({ clusterKey, name }, index) =>
    memberItem({ clusterKey, name, status: statuses[index] ?? 'Pending', position: index + 1 }),
  );
  return {
    ...fleetSnapshot({ clusters, policies: { p0: everything }, caps: { total } }),
    rollouts: [rollout],
    waves: [wave],
    members: list,
    ledger: { counts: busy === 0 ? {} : { total: busy } },
  };
}

const grants = (state: FleetSnapshot) =>
  decide(state, NOW).decisions.filter((decision) => decision.type === 'grant-member');

describe('what the reconciler decides', () => {
  test('never goes beyond a cap or the concurrency of a wave, and uses what they allow', () => {
    fc.assert(
      fc.property(situation, (one) => {
        const room = Math.max(0, Math.min(one.total - one.busy, one.concurrency - one.busy));
        expect(grants(running(one))).toHaveLength(Math.min(room, one.members));
      }),
    );
  });

  test('grants nothing while the fleet is stopped, observed or without an epoch', () => {
    fc.assert(
      fc.property(situation, fc.constantFrom('stopped', 'observe', 'epoch', 'unconfigured'), (one, why) => {
        const state = running(one);
        const changed: FleetSnapshot = {
          ...state,
          ...(why === 'stopped' ? { control: { stopped: true } } : {}),
          ...(why === 'observe' && state.fleet !== undefined ? { fleet: { ...state.fleet, mode: 'observe' } } : {}),
          ...(why === 'epoch' ? { epoch: undefined } : {}),
          ...(why === 'unconfigured' ? { fleet: undefined } : {}),
        };
        const decided = decide(changed, NOW);
        expect(decided.decisions.filter((decision) => decision.type === 'grant-member')).toEqual([]);
      }),
    );
  });

  test('says for every member that waits why it does', () => {
    fc.assert(
      fc.property(situation, (one) => {
        const decided = decide(running(one), NOW);
        const told = new Set(decided.waiting.map((waiting) => waiting.clusterKey));
        const granted = decided.decisions.flatMap((decision) =>
          decision.type === 'grant-member' ? [decision.member.clusterKey] : [],
        );
        expect(told.size + granted.length).toBe(one.members);
        expect(decided.waiting.every((waiting) => waiting.reasons.length > 0)).toBe(true);
      }),
    );
  });

  test('does not depend on the order in which things are listed', () => {
    fc.assert(
      fc.property(situation, (one) => {
        const state = running(one);
        const names = (all: ReturnType<typeof grants>) =>
          all.map((grant) => grant.type === 'grant-member' && grant.member.name).sort();
        expect(names(grants({ ...state, members: [...state.members].reverse() }))).toEqual(names(grants(state)));
      }),
    );
  });

  test('goes on first with what was begun', () => {
    const state = running({
      members: 3,
      total: 5,
      concurrency: 1,
      busy: 0,
      statuses: ['Pending', 'Parked', 'Pending'],
    });
    const [wave] = state.waves;
    if (wave === undefined) throw new Error('there is no wave');
    const begun = {
      ...state,
      waves: [{ ...wave, inFlight: 1 }],
      members: state.members.map((member, index) => ({ ...member, inFlight: index === 1 })),
    };
    expect(grants(begun)).toMatchObject([{ member: { name: 'c1' } }]);
  });
});

describe('everything is looked at', () => {
  const base = running({ members: 2, total: 9, concurrency: 3, busy: 0, statuses: ['Pending', 'Pending'] });
  const decided = (more: Partial<FleetSnapshot>) => decide({ ...base, ...more }, NOW).decisions;
  const history = { waves: [], members: [], served: new Set<string>(), accounts: undefined };

  test('what runs before all else, and whoever holds a grant gets no other', () => {
    const [first] = base.members;
    const clusterKey = first?.clusterKey ?? '';
    const open = grant({ clusterKey });
    const [watched, ...others] = decided({ grants: [open] });
    expect(watched).toEqual({ type: 'look-after-grant', grant: open });
    expect(others).toMatchObject([{ type: 'grant-member', member: { name: 'c1' } }]);
  });

  test('rollouts that start nothing any more are tidied up', () => {
    const aborted = rolloutItem({ id: 'old', policy: 'p0', status: 'Aborted' });
    const none = rolloutItem({ id: 'none', policy: 'p0', status: 'Aborted' });
    const left = waveItem({ rolloutId: 'old', status: 'Pending' });
    const found = decided({
      ...{ rollouts: [], members: [], waves: [left] },
      history: { ...history, rollouts: [aborted, none, rolloutItem({ id: 'on', policy: 'p0' })] },
    });
    expect(found).toMatchObject([{ type: 'change-wave', wave: left, status: 'Skipped' }]);
  });

  test('a policy that begins by itself has its rollout planned', () => {
    const found = decided({ rollouts: [], members: [], waves: [], history: { ...history, rollouts: [] } });
    expect(found).toMatchObject([{ type: 'create-rollout', plan: { rollout: { policy: 'p0' } } }]);
  });

  test('a rollout without waves or members, or whose policy is gone, leaves nothing to decide', () => {
    expect(decided({ waves: [], members: [] })).toStrictEqual([]);
    expect(decided({ policies: new Map(), members: [] })).toStrictEqual([]);
  });

  test('gates are judged as they were read for this look', () => {
    const gated = { ...everything, waves: [{ name: 'all', gates: [{ alarm: 'errors' }] }] };
    const soaking = waveItem({ index: 2, status: 'Soaking', succeeded: 1, lastSuccessAt: '2026-11-20T11:00:00.000Z' });
    const { policies } = fleetSnapshot({ clusters: [], policies: { p0: gated } });
    const rollouts = [rolloutItem({ policy: 'p0', policyRevision: JSON.stringify(gated) })];
    const gateReadings = new Map([['r/2', [{ gate: 'errors', status: 'green' as const, message: '' }]]]);
    const given = { rollouts, policies, waves: [soaking], members: [] };
    expect(decided({ ...given, gateReadings })).toMatchObject([{ type: 'change-wave', status: 'Completed' }]);
    expect(decided(given)).toStrictEqual([]);
  });
});

describe('a wave that would begin', () => {
  const looks = { served: new Set<string>(), accounts: undefined, organizationId: undefined };

  /** The next state of the waves of two rollouts, of which the first has the cluster `a`. */
  function waves(
    more: Partial<FleetSnapshot> = {},
    ofA: Partial<ClusterRecord> = {},
    status: Wave['status'] = 'Pending',
  ) {
    const [a, b] = [cluster('a', { labels: { of: 'a' }, ...ofA }), cluster('b', { labels: { of: 'b' } })];
    const policies = {
      p0: { ...everything, selector: { matchLabels: { of: 'a' } } },
      p1: { ...everything, selector: { matchLabels: { of: 'b' } } },
    };
    const rollouts = (['p0', 'p1'] as const).map((policy) =>
      rolloutItem({ id: policy, policy, policyRevision: JSON.stringify(policies[policy]) }),
    );
    const snapshot: FleetSnapshot = {
      ...fleetSnapshot({ clusters: [a, b], policies }),
      rollouts,
      waves: rollouts.map(({ id }) =>
        waveItem({ rolloutId: id, status, ...(status === 'Pending' ? {} : { succeeded: 1 }) }),
      ),
      members: [a, b].map(({ clusterKey, name }, index) =>
        memberItem({
          rolloutId: `p${index}`,
          clusterKey,
          name,
          status: status === 'Pending' ? 'Pending' : 'Succeeded',
        }),
      ),
      ...more,
    };
    return decide(snapshot, NOW).decisions.flatMap((one) =>
      one.type === 'change-wave'
        ? [`${one.wave.rolloutId} ${one.status}`]
        : one.type === 'replan'
          ? [`${one.rollout.id} replan`]
          : [],
    );
  }

  test('begins', () => {
    expect(waves()).toEqual(['p0 Open', 'p1 Open']);
  });

  test('waits while a cluster of its rollout is looked at anew, and no other rollout does', () => {
    expect(waves({}, { lastSeenAt: NEVER })).toEqual(['p1 Open']);
  });

  test('waits where its rollout is planned anew', () => {
    const clusters = [
      ['a', 'a'],
      ['b', 'b'],
      ['new', 'a'],
    ].map(([name = '', of = '']) => cluster(name, { labels: { of } }));
    const history = { ...looks, rollouts: [], waves: [], members: [] };
    const known = { clusters: new Map(clusters.map((one) => [one.clusterKey, one])), history };
    expect(waves(known)).toEqual(['p0 replan', 'p1 replan']);
  });

  test('waits while nobody can read the Fleet', () => {
    expect(waves({ fleet: undefined })).toEqual([]);
  });

  test('ends, where it has begun, whoever is looked at anew', () => {
    expect(waves({}, { lastSeenAt: NEVER }, 'Open')).toEqual(['p0 Completed', 'p1 Completed']);
  });
});

test('a wave does not end in the tick that lets one of it in again that was set aside', () => {
  const states = (status: Member['status']) => {
    const base = running({ members: 1, total: 9, concurrency: 3, busy: 0, statuses: ['Quarantined'] });
    const wave = waveItem({ members: 2, needWork: 2, succeeded: 1, quarantined: 1 });
    const settled = { ...wave, ...(status === 'Quarantined' ? {} : { quarantined: 0, succeeded: 2 }) };
    const members = base.members.map((member) => ({ ...member, status }));
    const { decisions } = decide({ ...base, waves: [settled], members }, NOW);
    return decisions.flatMap(({ type }) => (type === 'adjust-wave' ? [] : [type]));
  };
  expect(states('Quarantined')).toEqual(['grant-member']);
  expect(states('Succeeded')).toEqual(['change-wave']);
});

test.each([
  ['Parked', []],
  ['Running', []],
  ['Failed', ['drop-rollback']],
] as const)('a rollback that is %s of a cluster that is deleted: %j', (status, expected) => {
  const base = running({ members: 1, total: 9, concurrency: 3, busy: 0, statuses: ['Pending'] });
  const gone = cluster('gone', { deletedAt: NOW.toISOString() });
  const { clusterKey } = gone;
  const back = { machine: 'rollback-cluster', from: '1.37', to: '1.36', mutated: false, steps: {} } as const;
  const { decisions } = decide(
    {
      ...base,
      clusters: new Map([...base.clusters, [clusterKey, gone]]),
      waves: base.waves.map((wave) => ({ ...wave, goingBack: [clusterKey] })),
      upgrades: [{ ...back, clusterKey, id: 'rollback-1.37-1.36', status, requestedBy: 'ann', reasons: [] }],
    },
    NOW,
  );
  expect(decisions.flatMap(({ type }) => (type === 'drop-rollback' ? [type] : []))).toEqual(expected);
});

describe('how a settled wave ends', () => {
  const base = waveItem({ members: 3, needWork: 3, maxFailures: 1 });
  test.each<[Partial<Wave>, Wave['status']]>([
    [{ succeeded: 3 }, 'Completed'],
    [{ succeeded: 2, failed: 1 }, 'CompletedWithFailures'],
    [{ succeeded: 1, failed: 2 }, 'Halted'],
    [{ failed: 1, blocked: 2 }, 'Halted'],
    [{ blocked: 3 }, 'Undecided'],
    [{ quarantined: 3 }, 'Undecided'],
    [{ succeeded: 1, blocked: 2 }, 'Completed'],
    [{ excluded: 3, needWork: 0 }, 'Completed'],
  ])('%j → %s', (counts, status) => {
    expect(waveEnd({ ...base, ...counts }).status).toBe(status);
  });
});
