import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { grant, KEY, type Kept, NOON, policyConfig, upgrade, waves } from '../../test/material/protocol/one-upgrade.ts';
import {
  account,
  ago,
  automatic,
  type Given,
  LOOKED,
  offers,
  oneTick,
  QUIET,
} from '../../test/material/rollout/one-tick.ts';
import type { GateReading } from '../contracts/items/gate.ts';
import type { ReconcileMarker } from '../contracts/items/rollout.ts';
import {
  Accounts,
  Clusters,
  Epochs,
  Grants,
  Members,
  ReconcileMarkers,
  Regions,
  Rollouts,
  Upgrades,
  Waves,
} from '../store/entities.ts';
import { load, loadKind, put } from '../store/entity.ts';
import type { ReconcilePorts } from './reconcile-rollouts.ts';

/** A table in which nothing was read yet. */
async function world(given: Given = {}) {
  const made = await oneTick(new MemoryTable(), given);
  Object.assign(made.table.reads, { get: 0, partition: 0, active: 0, kind: 0, audit: 0 });
  return made;
}

const IDLE = { look: 'idle', applied: 0, waiting: 0, stuck: 0, overdue: { approvals: 0, gates: 0 }, problems: [] };

describe('how much a tick looks at', () => {
  test('with nothing in motion it is one query, and nothing is written', async () => {
    const { table, tick } = await world();
    const { writes } = table;
    expect(await tick()).toStrictEqual(IDLE);
    expect(table.reads).toEqual({ get: 0, partition: 0, active: 1, kind: 0, audit: 0 });
    expect(table.writes).toBe(writes);
  });

  test.each<[string, number, ReconcileMarker, string, number]>([
    ['is not read', 1, { lastFullAt: ago(90), atRest: true }, 'idle', 0],
    ['is read each tenth minute', 10, { lastFullAt: ago(30), atRest: true }, 'idle', 1],
    [
      'as the version before has left it is in the index, and is not read beside it',
      1,
      { lastFullAt: ago(30) },
      'idle',
      0,
    ],
    ['brings the hourly look at the tenth minute', 10, { lastFullAt: ago(50), atRest: true }, 'full', 1],
    ['is in the index as soon as something is new', 1, { ...LOOKED, atRest: true, dirtySince: ago(0) }, 'full', 0],
  ])('with all at rest the marker %s', async (_, minute, marker, look, reads) => {
    const now = new Date(NOON.getTime() + minute * 60_000);
    const { table, tick } = await world({ marker, ports: { clock: { now: () => now } } });
    expect((await tick()).look).toBe(look);
    if (look === 'idle') expect(table.reads).toEqual({ get: reads, partition: 0, active: 1, kind: 0, audit: 0 });
  });

  test.each<[string, ReconcileMarker, string]>([
    ['was looked at less than an hour ago', { lastFullAt: ago(50) }, 'idle'],
    ['was looked at an hour ago', { lastFullAt: ago(60) }, 'full'],
    ['was looked at in the same minute an hour ago', { lastFullAt: ago(59.01) }, 'full'],
    ['was never looked at', {}, 'full'],
    ['was marked since', { ...LOOKED, dirtySince: ago(1) }, 'full'],
    ['was looked at by somebody who did not come to the end', { ...LOOKED, lookBegunAt: ago(1) }, 'full'],
  ])('where nothing is in motion and everything %s the look is as it should be', async (_, marker, look) => {
    const { tick, markerNow } = await world({ marker });
    expect(await tick()).toMatchObject({ look, problems: [] });
    expect(await markerNow()).toEqual(look === 'full' ? { lastFullAt: NOON.toISOString(), atRest: true } : marker);
  });

  const byHand = upgrade({ status: 'Parked', rolloutId: undefined, waveIndex: undefined });
  test.each<[string, Kept, string]>([
    ['a rollout', { ...QUIET, rollout: rolloutItem() }, 'active'],
    ['a grant', { ...QUIET, grant: grant(), upgrades: [upgrade({ status: 'Running' })] }, 'active'],
    ['an upgrade that a person asked for', { ...QUIET, upgrades: [byHand] }, 'active'],
    [
      'only an upgrade of a rollout that is not under way',
      { ...QUIET, upgrades: [upgrade({ status: 'Parked' })] },
      'idle',
    ],
    ['only waves and members of one', { rollout: undefined }, 'idle'],
  ])('where there is %s the look is as it should be', async (_, kept, look) => {
    const { tick, markerNow } = await world({ kept });
    expect((await tick()).look).toBe(look);
    expect(await markerNow()).toEqual(LOOKED);
  });
});

describe('an installation', () => {
  const fresh: Kept = { ...QUIET, epoch: undefined };
  test('begins with its first epoch, which is on record, and with a marker', async () => {
    const { table, tick, markerNow } = await world({ kept: fresh, marker: null });
    expect((await tick()).look).toBe('full');
    // Minutes since 2026: an installation after this one has other tokens, although it counts attempts from the first again.
    const number = (NOON.getTime() - Date.parse('2026-01-01T00:00:00Z')) / 60_000;
    expect((await load(table, Epochs))?.data).toEqual({ number });
    expect(await table.auditOf('fleet')).toMatchObject([
      { event: 'Installed', principal: 'liftlock', detail: { epoch: number } },
    ]);
    expect(await markerNow()).toEqual({ lastFullAt: NOON.toISOString(), atRest: true });
    expect(await tick()).toStrictEqual(IDLE);
  });

  test('that has granted before has lost its epoch, and gets none by itself', async () => {
    const { table, tick } = await world({ kept: { ...fresh, grant: grant({ status: 'free' }) }, marker: null });
    expect((await tick()).look).toBe('full');
    expect(await load(table, Epochs)).toBeUndefined();
    expect(await table.auditOf('fleet')).toEqual([]);
  });

  test('that has an epoch keeps it', async () => {
    const { table, tick } = await world({ marker: {} });
    await tick();
    expect((await load(table, Epochs))?.data).toEqual({ number: 4 });
  });

  test('gets no epoch by a look at what is in motion alone', async () => {
    const { table, tick } = await world({ kept: { epoch: undefined } });
    expect((await tick()).look).toBe('active');
    expect(await load(table, Epochs)).toBeUndefined();
  });

  test('has one marker, which the index may not show yet', async () => {
    const { table, tick, markerNow } = await world();
    const list = table.queryActive.bind(table);
    table.queryActive = async () => (await list()).filter(({ kind }) => kind !== ReconcileMarkers.kind);
    expect(await tick()).toStrictEqual(IDLE);
    expect(await markerNow()).toEqual(LOOKED);
  });
});

describe('what a tick decides it carries out', () => {
  test('a member whose turn it is gets its grant and its execution', async () => {
    const { table, started, tick } = await world({ kept: {} });
    expect(await tick()).toMatchObject({ look: 'active', waiting: 0, problems: [] });
    expect((await load(table, Grants, KEY))?.data.status).toBe('open');
    expect(started).toEqual([expect.stringMatching(/^upgrade-cluster upgrade-/)]);
  });

  test('a grant opens nothing, and what is in motion is not read once more for it', async () => {
    const { table, tick } = await world({ kept: { waves: waves.map((wave) => ({ ...wave, maxConcurrency: 1 })) } });
    expect((await tick()).applied).toBe(1);
    expect(table.reads.active).toBe(1);
  });

  test('a rollout that begins opens its first wave and grants in the same tick, and the result counts all of it', async () => {
    const { table, started, tick } = await world({
      kept: { ...QUIET, policy: policyConfig(automatic) },
      marker: {},
      put: [put(Regions, offers, 'absent'), put(Accounts, account, 'absent')],
    });
    const { applied, look, problems } = await tick();
    const [rollout] = await loadKind(table, Rollouts);
    expect([look, problems, rollout?.status]).toEqual(['full', [], 'Running']);
    expect((await load(table, Waves, rollout?.id ?? '', 0))?.data.status).toBe('Open');
    expect((await load(table, Members, rollout?.id ?? '', 0, KEY))?.data.status).toBe('Running');
    expect([applied, started.length]).toEqual([3, 1]);
  });

  test('whoever waits is counted', async () => {
    const other = clusterRecord({ name: 'mail', version: '1.36' });
    const { tick } = await world({
      kept: {
        waves: [
          waveItem({ index: 0, name: 'before', status: 'Completed' }),
          waveItem({ index: 1, maxConcurrency: 1, members: 2, needWork: 2 }),
        ],
        rollout: rolloutItem({ waves: ['before', 'all'] }),
      },
      put: [
        put(Clusters, other, 'absent'),
        put(
          Members,
          {
            rolloutId: 'r',
            waveIndex: 1,
            clusterKey: other.clusterKey,
            name: 'mail',
            from: '1.36',
            to: '1.37',
            status: 'Pending',
            inFlight: false,
            reasons: [],
            position: 2,
          },
          'absent',
        ),
      ],
    });
    expect(await tick()).toMatchObject({ waiting: 1, problems: [] });
  });

  test('one that fails is told, and stops no other', async () => {
    const failing: ReconcilePorts['executions'] = {
      arnFor: () => '',
      start: () => Promise.reject(new Error('no such machine')),
      describe: () => Promise.reject(Object.assign(new Error('slow down'), { name: 'ThrottlingException' })),
    };
    const other = clusterRecord({ name: 'mail', version: '1.36' });
    const { table, tick } = await world({
      kept: { member: undefined },
      put: [
        put(Grants, grant({ clusterKey: other.clusterKey }), 'absent'),
        put(Upgrades, upgrade({ clusterKey: other.clusterKey }), 'absent'),
      ],
      ports: { executions: failing },
    });
    const { problems, applied } = await tick();
    expect(problems).toEqual([{ decision: 'look-after-grant', error: 'ThrottlingException', message: 'slow down' }]);
    expect(applied).toBeGreaterThan(0);
    expect((await load(table, Waves, 'r', 1))?.data.maxConcurrency).toBe(1);
  });

  test('what somebody else has moved is neither told nor counted', async () => {
    const { table, tick } = await world({ kept: {} });
    const moved = Object.assign(new Error('moved'), { name: 'ConditionFailed' });
    table.beforeTransact = () => {
      throw moved;
    };
    expect(await tick()).toMatchObject({ look: 'active', applied: 0, problems: [] });
  });

  test('a grant is looked after once in a tick, with the execution whose end woke it', async () => {
    const running: Kept = { grant: grant(), upgrades: [upgrade()] };
    const { described, tick } = await world({ kept: running });
    await tick('arn:execution:other');
    expect(described).toEqual([grant().holder]);
  });

  test('of grants that are not young those are asked about whose minute has come, and whose upgrade has ended', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const held = (name: string) => {
      const { clusterKey } = clusterRecord({ name });
      const old = { clusterKey, holder: name, grantedAt: ago(60) };
      const status = name === 'd' ? ('Failed' as const) : ('Running' as const);
      return [
        put(Grants, grant(old), 'absent'),
        put(Upgrades, upgrade({ clusterKey, status, rolloutId: undefined, waveIndex: undefined }), 'absent'),
        // A person requested it later, to another version.
        put(Upgrades, upgrade({ clusterKey, id: '1.37-1.38', status: name === 'd' ? 'Running' : 'Parked' }), 'absent'),
      ];
    };
    const { described, tick } = await world({ put: names.flatMap(held) });
    await tick();
    expect(described).toEqual(['c', 'd']);
  });

  test('upgrades without a sign of life are counted', async () => {
    const silent = upgrade({ startedAt: ago(25 * 60) });
    const { tick } = await world({ kept: { ...QUIET, grant: grant(), upgrades: [silent] } });
    expect((await tick()).stuck).toBe(1);
  });

  test('what waits for people is counted over everything, halted rollouts on a full look alone', async () => {
    const halted: Kept = { rollout: rolloutItem({ status: 'Halted', waves: ['before', 'all', 'after'] }) };
    expect((await (await world({ kept: halted, marker: {} })).tick()).overdue).toEqual({
      approvals: 0,
      gates: 0,
      halted: 1,
    });
  });
});

describe('gates', () => {
  const gated = policyWith({ name: 'p', waves: '[{ name: all, soak: 1h, gates: [{ alarm: errors }] }]' });
  const soaking: Kept = {
    policy: policyConfig(gated),
    rollout: rolloutItem(),
    waves: [waveItem({ status: 'Soaking', succeeded: 1, soakUntil: ago(-60) } as never)],
    member: undefined,
  };
  test('are read once in a tick', async () => {
    const asked: unknown[] = [];
    const read = async (gate: object): Promise<GateReading> => {
      asked.push(gate);
      return { gate: 'errors', status: 'red', message: 'It rings.' };
    };
    const { table, tick } = await world({ kept: soaking, ports: { gates: { read } as ReconcilePorts['gates'] } });
    await tick();
    expect(asked).toHaveLength(1);
    expect((await load(table, Waves, 'r', 0))?.data.gates?.readings).toMatchObject([{ gate: 'errors', status: 'red' }]);
  });
});
