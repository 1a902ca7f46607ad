import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem } from '../../test/material/items/rollout-items.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import {
  cluster,
  fleetConfig,
  grant,
  HOLDER,
  KEY,
  NOON,
  policyConfig,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import { failing, type GivenStep, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { ClusterControls, Grants, Upgrades } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';
import { requestGrant } from './request-grant.ts';

const NESTED = 'upgrade-name--scan-cluster-cluster-0';
const MINE = 'arn:execution:mine';

interface Given extends GivenStep {
  readonly name?: string;
  readonly arn?: string;
  readonly machine?: string;
  readonly input?: object;
  readonly id?: string;
  readonly meanwhile?: (table: MemoryTable) => void;
}

const ID = 'rollback-1.37-1.36';

async function asked({
  name = 'by-hand',
  arn = MINE,
  machine = 'upgrade-cluster',
  input = {},
  id,
  meanwhile,
  ...given
}: Given = {}) {
  const table = new MemoryTable();
  const kept = { rollout: undefined, waves: [], member: undefined, grant: undefined, upgrades: [], ...given.kept };
  const ports = await oneStep(table, { ...given, kept });
  meanwhile?.(table);
  const executions = {
    arnFor: (of: string, called: string) => `arn:${of}:${called}`,
    start: async () => {},
    describe: async () => undefined,
  };
  const execution = { arn, name, startTime: NOON.toISOString() };
  const answer = await requestGrant(
    { ...ports, executions, ids: { next: () => '' } },
    stepInput(input, { step: machine, execution }),
  );
  return {
    status: answer.status,
    nested: answer.nested,
    told: answer.reasons.map(({ code, message }) => `${code}: ${message}`),
    grant: (await load(table, Grants, KEY))?.data,
    upgrade: (await load(table, Upgrades, KEY, id ?? '1.36-1.37'))?.data,
    record: await table.auditOf(KEY),
    held: (await load(table, ClusterControls, KEY))?.data.held,
  };
}

test('whoever holds the grant goes on', async () => {
  const kept = { grant: grant(), upgrades: [upgrade()] };
  expect(await asked({ kept, arn: HOLDER })).toMatchObject({ status: 'done', nested: false, told: [], grant: grant() });
});

describe('an execution that is nested in another', () => {
  const kept = { grant: grant({ children: ['first'] }), upgrades: [upgrade()] };

  test('is noted with the grant before it acts, once', async () => {
    const first = await asked({ kept, name: NESTED });
    expect(first).toMatchObject({ status: 'done', nested: true, told: [], grant: { children: ['first', MINE] } });
    const again = await asked({ kept: { ...kept, grant: grant({ children: [MINE] }) }, name: NESTED });
    expect(again).toMatchObject({ status: 'done', nested: true, grant: { children: [MINE] } });
  });

  const lost = `Superseded: The name ${NESTED} claims a grant that is not open. Names with a dot, or with -- and a step at their end, are for nested executions.`;
  test.each<[string, Given]>([
    ['there is none', { kept: {} }],
    ['it is closing', { kept: { ...kept, grant: grant({ status: 'closing' }) } }],
    ['it is of another execution', { kept: { ...kept, grant: grant({ executionName: 'other' }) } }],
  ])('parks where its grant is not open: %s', async (_, given) => {
    expect(await asked({ ...given, name: NESTED })).toMatchObject({ status: 'parked', nested: true, told: [lost] });
  });

  test('parks where its grant is closed while it is noted', async () => {
    let isFirst = true;
    const meanwhile = (table: MemoryTable) => {
      table.beforeTransact = () => {
        if (!isFirst) return;
        isFirst = false;
        void load(table, Grants, KEY).then((read) =>
          table.transact([replace(Grants, read, grant({ status: 'closing' }))]),
        );
        throw failing('ConditionFailed');
      };
    };
    expect(await asked({ kept, name: NESTED, meanwhile })).toMatchObject({ status: 'parked', told: [lost] });
  });
});

test.each([[undefined], [1], [2]])('contract %s is spoken', async (contract) => {
  expect((await asked({ input: contract === undefined ? {} : { contract } })).status).toBe('done');
});

test.each<[string, Given, object]>([
  [
    'speaks another contract',
    { input: { contract: 9 } },
    {
      status: 'parked',
      nested: false,
      told: ['UnknownContract: The execution speaks contract 9; this version takes 2 and 1.'],
    },
  ],
  [
    'speaks another contract, with members that this version does not know',
    { input: { contract: 9, phase: 'between', spread: { over: '2h' } } },
    {
      status: 'parked',
      nested: false,
      told: ['UnknownContract: The execution speaks contract 9; this version takes 2 and 1.'],
    },
  ],
  [
    'has a name that is too long',
    { name: 'x'.repeat(47) },
    {
      status: 'blocked',
      nested: false,
      told: [
        "NameTooLong: The execution's name has 47 characters; with more than 46 its nested executions could not be named after it.",
      ],
    },
  ],
])('an execution that %s gets nothing', async (_, given, expected) => {
  expect(await asked(given)).toMatchObject({ ...expected, grant: undefined });
});

test('a name may be as long as nested ones can be made of it, or longer where none are', async () => {
  expect((await asked({ name: 'x'.repeat(46) })).status).toBe('done');
  const input = { targetVersion: '1.36' };
  expect((await asked({ name: 'x'.repeat(47), machine: 'update-addons', input })).status).toBe('done');
});

test('what only looks needs no grant', async () => {
  for (const machine of ['scan-cluster', 'smoke-check'])
    expect(await asked({ machine, eks: { cluster: new Error('asked') } })).toMatchObject({
      ...{ status: 'done', nested: false, told: [], grant: undefined },
    });
});

test('what is no machine is refused', async () => {
  await expect(asked({ machine: 'other' })).rejects.toMatchObject({
    name: 'InvalidInput',
    message: 'other is not a state machine of Liftlock.',
  });
});

describe('an upgrade that a person starts', () => {
  test('gets a grant of its own, in the name of nobody who is known', async () => {
    const { status, told, grant: given, upgrade: made } = await asked({ input: { comment: 'now' } });
    expect([status, told]).toEqual(['done', ['Granted: Grant 1 of web.']]);
    expect(given).toMatchObject({ holder: MINE, executionName: 'by-hand', machine: 'upgrade-cluster', status: 'open' });
    expect(made).toMatchObject({ status: 'Running', from: '1.36', to: '1.37', requestedBy: 'unknown' });
    expect(made?.input).toMatchObject({ comment: 'now' });
  });

  test('is in the name of whoever had it started by the API', async () => {
    const pending = (execution: string) =>
      upgrade({
        status: 'Pending',
        requestedBy: 'ann',
        execution,
        rolloutId: undefined as never,
        waveIndex: undefined as never,
      });
    expect((await asked({ kept: { upgrades: [pending(MINE)] } })).upgrade?.requestedBy).toBe('ann');
    expect((await asked({ kept: { upgrades: [pending('another')] } })).upgrade?.requestedBy).toBe('unknown');
  });

  test.each<[string, Given, string, Partial<Upgrade>]>([
    [
      'roll-node-group',
      { input: { targetVersion: '1.36', nodegroup: 'a' } },
      'roll-node-group-by-hand',
      { from: '1.36', to: '1.36' },
    ],
    ['update-addons', { input: { targetVersion: '1.36' } }, 'update-addons-by-hand', { to: '1.36' }],
    ['update-addons', { input: { targetVersion: '1.37', phase: 'before' } }, 'update-addons-by-hand', { to: '1.37' }],
    ['upgrade-control-plane', {}, 'upgrade-control-plane-by-hand', { to: '1.37' }],
  ])('may be a part of one alone: %s %#', async (machine, given, id, expected) => {
    const { status, upgrade: made } = await asked({ machine, id, ...given });
    expect(status).toBe('done');
    expect(made).toMatchObject({ machine, ...expected });
  });

  const own = (machine: string, target: string) =>
    `NotTheControlPlanesVersion: web is at 1.36; ${machine} goes to the control plane's own version, not to ${target}.`;
  test.each<[string, Given, string]>([
    ['is not one minor away', { input: { targetVersion: '1.38' } }, expect.stringMatching(/^NotOneHop: /)],
    ['is there already', { input: { targetVersion: '1.36' } }, 'AlreadyThere: The cluster is at 1.36 already.'],
    [
      'has its control plane there already',
      { machine: 'upgrade-control-plane', input: { targetVersion: '1.36' } },
      expect.stringMatching(/^AlreadyThere: /),
    ],
    ['rolls nodes past it', { machine: 'roll-node-group' }, own('roll-node-group', '1.37')],
    ['moves add-ons past it', { machine: 'update-addons' }, own('update-addons', '1.37')],
    ['moves add-ons past it', { machine: 'update-addons', input: { phase: 'after' } }, own('update-addons', '1.37')],
    [
      'moves add-ons before a hop that is none',
      { machine: 'update-addons', input: { phase: 'before', targetVersion: '1.36' } },
      expect.stringMatching(/^AlreadyThere: /),
    ],
    [
      'is of a cluster that EKS does not know',
      { eks: { cluster: failing('ResourceNotFoundException') } },
      `UnknownCluster: EKS knows no cluster web in ${cluster.account}, ${cluster.region}.`,
    ],
    [
      'is of a cluster that it is denied',
      { eks: { cluster: failing('AccessDeniedException', 'no') } },
      'Denied: AccessDeniedException: no. Run: liftlock access check',
    ],
  ])('is blocked where it %s: %#', async (_, given, told) => {
    expect(await asked(given)).toMatchObject({ status: 'blocked', told: [told], grant: undefined });
  });

  test('goes on with what an earlier one has left half done', async () => {
    const left = upgrade({
      status: 'Parked',
      mutated: true,
      rolloutId: undefined as never,
      waveIndex: undefined as never,
    });
    const { status, upgrade: again } = await asked({
      eks: { cluster: { version: '1.37' } },
      kept: { upgrades: [left], cluster: { ...cluster, version: '1.37' } },
    });
    expect(status).toBe('done');
    expect(again).toMatchObject({ id: '1.36-1.37', status: 'Running', from: '1.36', to: '1.37', mutated: true });
  });

  const full = { ledger: { counts: { total: 5 } } };
  const baseline = { status: 'done' as const, reasons: [], startedAt: NOON.toISOString() };
  const failed = upgrade({ status: 'Failed', mutated: true, steps: { 'scan-cluster': baseline } });
  const moved = { eks: { cluster: { version: '1.37' } } };
  const afterwards = { upgrades: [failed], cluster: { ...cluster, version: '1.37' } };
  const taken = { id: '1.36-1.37', from: '1.36', to: '1.37', mutated: true, steps: { 'scan-cluster': baseline } };

  test('goes on with what an earlier one has changed and failed with, and belongs to no rollout', async () => {
    const { status, upgrade: again } = await asked({ ...moved, kept: afterwards });
    expect(status).toBe('done');
    expect(again).toMatchObject({ ...taken, status: 'Running', requestedBy: 'unknown' });
    expect(again).not.toHaveProperty('rolloutId');
  });

  test('does not go on with it while the cluster is held', async () => {
    const held = { reason: { code: 'UpdateFailed' as const, message: 'no' }, since: NOON.toISOString() };
    const kept = { ...afterwards, clusterControl: { clusterKey: KEY, held } };
    const { status, told, upgrade: left } = await asked({ ...moved, kept });
    expect([status, told]).toEqual(['blocked', [expect.stringMatching(/^Held: /)]]);
    expect(left).toEqual(failed);
  });

  test('keeps its baseline while it waits to go on with it', async () => {
    const { status, upgrade: left } = await asked({ ...moved, kept: { ...afterwards, ...full } });
    expect(status).toBe('parked');
    expect(left).toMatchObject({ ...taken, status: 'Parked' });
  });

  test('waits by itself, and not in the rollout that was aborted, to go on with what that has left', async () => {
    const kept = { ...afterwards, ...full, upgrades: [{ ...failed, status: 'Parked' as const }] };
    const rollout = rolloutItem({ status: 'Aborted' });
    const { status, upgrade: left } = await asked({ ...moved, kept: { ...kept, rollout } });
    expect([status, left?.status, left?.reasons.map(({ code }) => code)]).toEqual(['parked', 'Parked', ['CapReached']]);
    expect(left).toMatchObject(taken);
    expect(left).not.toHaveProperty('rolloutId');
  });

  test('fails where EKS cannot say anything', async () => {
    const fault = failing('ServerException');
    await expect(asked({ eks: { cluster: fault } })).rejects.toBe(fault);
  });

  const cap = 'CapReached: 5 of at most 5 upgrades run under the cap total.';

  test('is kept, on record, and parks where what is in the way passes', async () => {
    const { status, told, upgrade: kept, record } = await asked({ kept: full, input: { comment: 'now' } });
    expect([status, told]).toEqual(['parked', [cap]]);
    const reasons = [expect.objectContaining({ code: 'CapReached' })];
    expect(kept).toEqual({
      ...{ clusterKey: KEY, id: '1.36-1.37', machine: 'upgrade-cluster', from: '1.36', to: '1.37', status: 'Parked' },
      ...{ mutated: false, steps: {}, requestedBy: 'unknown', execution: MINE, reasons, startedAt: NOON.toISOString() },
      input: expect.objectContaining({ comment: 'now' }),
    });
    const detail = { upgradeId: '1.36-1.37', from: '1.36', to: '1.37', status: 'Parked', mutated: false, reasons };
    expect(record).toMatchObject([{ event: 'UpgradeParked', principal: 'unknown', detail }]);
  });

  test('keeps what is known of one that was asked for before', async () => {
    const startedAt = '2026-11-20T10:00:00.000Z';
    const pending = upgrade({ status: 'Pending', requestedBy: 'ann', execution: MINE, startedAt, mutated: true });
    const { upgrade: kept } = await asked({ kept: { ...full, upgrades: [pending] } });
    expect(kept).toMatchObject({ status: 'Parked', requestedBy: 'ann', startedAt, mutated: true });
    const failed = { ...pending, status: 'Failed' as const };
    const again = await asked({ kept: { ...full, upgrades: [failed] } });
    expect(again.upgrade).toMatchObject({ status: 'Parked', startedAt: NOON.toISOString() });
  });

  test.each(['Running', 'Parked'] as const)('leaves the same one as it is where that is %s', async (status) => {
    const before = upgrade({ status, requestedBy: 'ann' });
    const { upgrade: kept, record } = await asked({ kept: { ...full, upgrades: [before] } });
    expect([kept, record]).toEqual([before, []]);
  });

  test('is told, and not kept, where a person has to do something', async () => {
    const { status, upgrade: kept } = await asked({
      kept: { ...full, policy: policyConfig(policyWith({ name: 'p', waves: '[{ name: all, calendar: nowhere }]' })) },
    });
    expect([status, kept]).toEqual(['blocked', undefined]);
  });
});

describe('a rollback that a person starts', () => {
  const there = { eks: { cluster: { version: '1.37' } } };
  const back = (given: Given = {}) =>
    asked({ machine: 'rollback-cluster', input: { targetVersion: '1.36' }, id: ID, ...there, ...given });
  const one = (given: Partial<Upgrade>): Upgrade => ({
    ...upgrade({ id: ID, machine: 'rollback-cluster', from: '1.37', to: '1.36', requestedBy: 'ann', ...given }),
    ...{ rolloutId: undefined, waveIndex: undefined },
  });
  const stopped = { control: { stopped: true } };

  test('gets its grant, and holds the cluster from then on', async () => {
    const { status, upgrade: made, held } = await back();
    expect([status, held?.reason.code, held?.upgradeId]).toEqual(['done', 'RollingBack', ID]);
    expect(made).toMatchObject({ id: ID, machine: 'rollback-cluster', from: '1.37', to: '1.36', status: 'Running' });
  });

  test.each(['1.35', '1.37', '1.38'])('leads one minor back and nowhere else: %s', async (targetVersion) => {
    const { status, told, held } = await back({ input: { targetVersion } });
    expect([status, told, held]).toEqual(['blocked', [expect.stringMatching(/^NotOneMinorBack: /)], undefined]);
  });

  test('goes on where the control plane is back and its checks are left', async () => {
    const eks = { cluster: { version: '1.36' } };
    const left = await back({ eks, kept: { upgrades: [one({ status: 'Failed', mutated: true })] } });
    expect([left.status, left.upgrade]).toMatchObject(['done', { from: '1.37', to: '1.36', mutated: true }]);
    for (const ended of [
      one({ status: 'Succeeded', mutated: true }),
      one({ status: 'Blocked', mutated: false }),
      undefined,
    ]) {
      const { status, told } = await back({ eks, kept: { upgrades: ended === undefined ? [] : [ended] } });
      expect([status, told]).toEqual(['blocked', [expect.stringMatching(/^NotOneMinorBack: /)]]);
    }
  });

  test('that waits is kept, holds the cluster, and leaves who held it before', async () => {
    const { status, upgrade: kept, held, record } = await back({ kept: stopped });
    expect([status, kept?.status, held?.reason.code]).toEqual(['parked', 'Parked', 'RollingBack']);
    expect(record.map(({ event }) => event)).toEqual(['UpgradeParked']);
    const before = { reason: { code: 'UpdateFailed' as const, message: 'no' }, since: NOON.toISOString() };
    const other = await back({ kept: { ...stopped, clusterControl: { clusterKey: KEY, held: before } } });
    expect([other.status, other.held]).toEqual(['parked', before]);
  });

  test('that waits goes on waiting for its turn in its wave, where Liftlock had begun it', async () => {
    const rollbackOf = { rolloutId: 'r', waveIndex: 1 };
    const { upgrade: kept } = await back({ kept: { ...stopped, upgrades: [one({ status: 'Pending', rollbackOf })] } });
    expect(kept).toMatchObject({ status: 'Parked', rollbackOf });
  });

  test('holds nothing where it is refused for good, nor does a hop that waits', async () => {
    const full = { ledger: { counts: { total: 5 } } };
    expect((await asked({ kept: full })).held).toBeUndefined();
    const observing = fleetConfig.document.spec as object;
    const fleet = { ...fleetConfig, document: { ...fleetConfig.document, spec: { ...observing, accounts: [] } } };
    const { status, held, upgrade: kept } = await back({ kept: { fleet } });
    expect([status, held, kept]).toEqual(['blocked', undefined, undefined]);
  });
});
