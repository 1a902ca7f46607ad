import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem } from '../../test/material/items/rollout-items.ts';
import {
  checksOf,
  clock,
  grant,
  intent,
  KEY,
  type Kept,
  keep,
  NOON,
  takingBack,
  upgrade,
  waves,
} from '../../test/material/protocol/one-upgrade.ts';
import type { LiftlockEvent } from '../contracts/events.ts';
import type { Intent, Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import { quoted, reason } from '../contracts/step-result.ts';
import type { WriteOperation } from '../ports/table.ts';
import { ClusterControls, Members, Upgrades, Waves } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';
import { heldForRollback } from './rollback.ts';
import { settleUpgrade } from './settle.ts';
import type { UpgradeEnd } from './settle-decision.ts';

const ID = 'rollback-1.37-1.36';
const HOP = '1.36-1.37';
const back = (given: Partial<Upgrade> = {}): Upgrade => ({
  ...upgrade({ id: ID, machine: 'rollback-cluster', from: '1.37', to: '1.36', status: 'Running' }),
  ...{ rolloutId: undefined, waveIndex: undefined, ...given },
});
const hop = (given: Partial<Upgrade> = {}) => upgrade({ status: 'Succeeded', mutated: true, ...given });
const accepted = { type: 'accepted' as const, updateId: 'u', at: NOON.toISOString() };
const call = { name: 'RollbackClusterVersion', input: { name: 'web', version: '1.36' } } as const;
const changed = intent({ upgradeId: ID, step: 'rollback-control-plane', call, outcome: accepted });
const forIt = heldForRollback(
  undefined,
  { clusterKey: KEY, upgradeId: ID, from: '1.37', to: '1.36' },
  NOON.toISOString(),
);
const theirs = {
  reason: quoted('UpdateFailed', 'no'),
  since: NOON.toISOString(),
  upgradeId: HOP,
  mutated: true as const,
};
const done: UpgradeEnd = { status: 'done', reasons: [reason('Looked', 'well')] };
const ends = (status: UpgradeEnd['status']): UpgradeEnd => ({ status, reasons: [quoted('UpdateFailed', 'again')] });
const ofWave = (more: Partial<Wave>): readonly Wave[] =>
  waves.map((one) => (one.index === 1 ? { ...one, maxFailures: 9, succeeded: 1, ...more } : one));

async function settled(
  end: UpgradeEnd,
  { upgrades = [back(), hop()], ...kept }: Kept = {},
  meanwhile: (table: MemoryTable) => unknown = () => {},
) {
  const table = new MemoryTable();
  const [own] = upgrades;
  const member = memberItem({ clusterKey: KEY, waveIndex: 1, status: 'Succeeded' });
  const held = grant({ upgradeId: own?.id ?? '', machine: own?.machine ?? 'rollback-cluster' });
  await keep(table, { grant: held, upgrades, member, clusterControl: forIt, waves: ofWave({}), ...kept });
  const operations: WriteOperation[] = [];
  table.beforeTransact = (each) => {
    if (operations.length === 0) meanwhile(table);
    operations.push(...each);
  };
  const told: LiftlockEvent[] = [];
  const events = { publish: async (some: readonly LiftlockEvent[]) => void told.push(...some) };
  await settleUpgrade({ table, clock, events }, KEY, 1, end);
  const audit = await table.auditOf(KEY);
  return {
    ...{ table, told, checks: checksOf(operations), events: audit.map(({ event }) => event), audit },
    of: async (id: string) => (await load(table, Upgrades, KEY, id))?.data,
    control: (await load(table, ClusterControls, KEY))?.data,
    member: (await load(table, Members, 'r', 1, KEY))?.data,
    wave: (await load(table, Waves, 'r', 1))?.data,
  };
}
const moved: Kept = { upgrades: [back({ mutated: true }), hop()], intents: [changed] };

test('a rollback that is through makes its hop RolledBack, holds the cluster, and has both told', async () => {
  const { of, control, member, wave, events, told, audit } = await settled(done, {
    ...moved,
    clusterControl: { ...forIt, retried: theirs },
  });
  expect([(await of(ID))?.status, (await of(HOP))?.status, member?.status, wave?.failed]).toEqual([
    ...['Succeeded', 'RolledBack', 'Failed', 1],
  ]);
  // The retry had admitted the hop that is gone.
  expect([control?.held?.reason.code, control?.held?.upgradeId, control?.retried]).toEqual([
    ...['RolledBack', HOP, undefined],
  ]);
  expect(events).toEqual(['UpgradeSucceeded', 'UpgradeRolledBack', 'ClusterHeld']);
  expect(told.map(({ type }) => type)).toEqual(['UpgradeChanged', 'ClusterHeld']);
  expect(audit[1]?.detail).toMatchObject({ upgradeId: HOP, status: 'RolledBack' });
});

test('the wave that its hop halts by that is told of', async () => {
  const { wave, told } = await settled(done, { ...moved, waves: ofWave({ maxFailures: 0 }) });
  expect([wave?.status, told.map(({ type }) => type)]).toEqual([
    'Halted',
    ['UpgradeChanged', 'ClusterHeld', 'WaveChanged'],
  ]);
});

test.each<readonly [Upgrade['status'], Partial<Member>]>([
  ['Succeeded', { status: 'Succeeded' }],
  ['Parked', { status: 'Parked', inFlight: true }],
])(
  'one whose control plane is back, and whose check fails, has taken its hop back all the same, which is %s',
  async (status, given) => {
    const step = { status: 'done' as const, reasons: [], startedAt: NOON.toISOString() };
    const failing = back({ mutated: true, steps: { 'rollback-control-plane': step } });
    const { of, member, control } = await settled(ends('failed'), {
      ...{ upgrades: [failing, hop({ status })], intents: [changed] },
      member: memberItem({ clusterKey: KEY, waveIndex: 1, ...given }),
      waves: ofWave({ inFlight: given.inFlight === true ? 1 : 0 }),
    });
    expect([(await of(ID))?.status, (await of(HOP))?.status, member?.status]).toEqual([
      'Failed',
      'RolledBack',
      'Failed',
    ]);
    expect(control?.held).toMatchObject({ upgradeId: ID, reason: { code: 'UpdateFailed' } });
  },
);

const seen = (status: string) => ({ ...accepted, observed: { status, errors: [], at: NOON.toISOString() } });
test.each<[string, Partial<Intent>, Upgrade['status']]>([
  ['before its control plane', { step: 'roll-node-group' }, 'Succeeded'],
  ['while EKS takes its control plane back', {}, 'RolledBack'],
  ['when EKS has taken its control plane back', { outcome: seen('Successful') }, 'RolledBack'],
  ['while nobody knows whether EKS was asked to', { outcome: undefined }, 'RolledBack'],
  ['as EKS failed to take its control plane back', { outcome: seen('Failed') }, 'Succeeded'],
  ['in an earlier try, which EKS never ended', { committedAt: '2026-11-19T12:00:00.000Z' }, 'Succeeded'],
])('one that has ended half-way %s holds the cluster itself; what its hop is then', async (_, given, status) => {
  const startedAt = NOON.toISOString();
  const nodes = intent({ upgradeId: ID, step: 'roll-node-group', subject: 'a', outcome: accepted });
  const { of, control, wave } = await settled(ends('stopped'), {
    upgrades: [back({ mutated: true, startedAt }), hop()],
    intents: [nodes, { ...changed, ...given }],
  });
  const failed = status === 'RolledBack' ? 1 : 0;
  expect([(await of(ID))?.status, (await of(HOP))?.status, wave?.failed]).toEqual(['Failed', status, failed]);
  expect(control?.held).toMatchObject({ upgradeId: ID, mutated: true, reason: { message: 'again' } });
});

describe('one that has changed nothing', () => {
  test.each(['blocked', 'gone'] as const)('frees the cluster that was held for it: %s', async (status) => {
    const { control, events } = await settled(ends(status));
    expect([control?.held, events.length]).toEqual([undefined, 1]);
  });

  test('keeps it held while it waits', async () => {
    expect((await settled(ends('parked'))).control?.held).toEqual(forIt.held);
  });

  test.each(['blocked', 'stopped'] as const)('leaves it to whoever held it before: %s', async (status) => {
    const { control, events } = await settled(ends(status), { clusterControl: { clusterKey: KEY, held: theirs } });
    expect([control?.held, events]).toEqual([theirs, ['UpgradeBlocked']]);
  });

  test.each([forIt, { clusterKey: KEY }, undefined])(
    'holds it where it was stopped from outside and nobody else did: %#',
    async (clusterControl) => {
      const { control } = await settled(ends('stopped'), { clusterControl });
      expect(control?.held).toMatchObject({ upgradeId: ID, reason: { code: 'UpdateFailed' } });
    },
  );
});

test('what has failed half-way, and what is no rollback, holds a cluster whoever held it before', async () => {
  const clusterControl = { clusterKey: KEY, held: theirs };
  expect((await settled(ends('failed'), { ...moved, clusterControl })).control?.held?.upgradeId).toBe(ID);
  const single = upgrade({ id: 'x', machine: 'update-addons', rolloutId: undefined, waveIndex: undefined });
  const { control } = await settled(ends('stopped'), { upgrades: [single], clusterControl });
  expect(control?.held?.upgradeId).toBe('x');
});

test('its turn ends with it, in whatever wave that was', async () => {
  const rollbackOf = { rolloutId: 'r', waveIndex: 1 };
  const upgrades = [back({ rollbackOf }), hop({ status: 'Failed' })];
  const turn = { upgrades, waves: ofWave({ rollingBack: KEY, automaticRollbacks: ['a'] }) };
  for (const end of [done, ends('blocked'), ends('failed')])
    expect((await settled(end, turn)).wave).not.toHaveProperty('rollingBack');
  expect((await settled(ends('parked'), turn)).wave?.rollingBack).toBe(KEY);
});

describe('a hop that has left its cluster worse', () => {
  const worse = [reason('AlarmRings', 'shop/web')];
  const failed: UpgradeEnd = { ...ends('failed'), worse };
  const running = {
    policy: takingBack,
    upgrades: [upgrade({ mutated: true })],
    intents: [intent({ outcome: accepted })],
    member: memberItem({ clusterKey: KEY, waveIndex: 1, status: 'Running', inFlight: true }),
    clusterControl: undefined,
  };

  test('goes back in the transaction that ends it, which checks what other waves count', async () => {
    const { of, wave, control, events, checks, told, audit } = await settled(failed, running);
    expect(await of(ID)).toMatchObject({ status: 'Pending', requestedBy: 'liftlock' });
    expect([wave?.automaticRollbacks, wave?.failed, control?.held?.upgradeId]).toEqual([[KEY], 1, HOP]);
    expect(events).toEqual(['UpgradeFailed', 'RollbackBegun', 'ClusterHeld']);
    expect(checks.filter((one) => one.includes('WAVE#')).length).toBe(2);
    expect(audit[1]?.detail).toMatchObject({ upgradeId: ID, from: '1.37', to: '1.36', reasons: [{}, ...worse] });
    // The message about the hold names the entry of the hold.
    expect(told.find(({ type }) => type === 'ClusterHeld')?.detail).toMatchObject({ change: `${KEY}#3` });
  });

  test('stays, and says so, where two of its rollout have gone back', async () => {
    const both = ofWave({}).map((one) => (one.index === 1 ? one : { ...one, automaticRollbacks: ['a'] }));
    const { of, wave, events } = await settled(failed, { ...running, waves: both });
    expect([await of(ID), wave?.automaticRollbacks, events]).toEqual([
      undefined,
      undefined,
      ['UpgradeFailed', 'ClusterHeld'],
    ]);
    expect((await of(HOP))?.reasons.at(-1)?.code).toBe('RollbackBudget');
  });

  test('counts those that another wave has begun in the same moment', async () => {
    const other = ofWave({})[2] as Wave;
    const key = Waves.key('r', 2);
    const { wave } = await settled(failed, running, (table) => {
      table.beforeTransact = () => {};
      void load(table, Waves, 'r', 2).then((read) =>
        table.transact([replace(Waves, read, { ...other, automaticRollbacks: ['a'] })]),
      );
      throw Object.assign(new Error(key.sk), { name: 'ConditionFailed' });
    });
    expect([wave?.status, wave?.reasons[0]?.code]).toEqual(['Halted', 'RollbackBudget']);
  });

  test('halts its wave with the second, which is told of', async () => {
    const { wave, told } = await settled(failed, { ...running, waves: ofWave({ automaticRollbacks: ['a'] }) });
    expect([wave?.status, wave?.automaticRollbacks, told.map(({ type }) => type)]).toEqual([
      ...['Halted', ['a', KEY]],
      ['UpgradeChanged', 'ClusterHeld', 'WaveChanged'],
    ]);
  });

  test.each<[string, UpgradeEnd, Kept]>([
    ['has not failed', { ...done, worse }, running],
    ['is not worse', ends('failed'), running],
    ['has changed nothing', failed, { ...running, intents: [] }],
    ['is of no rollout', failed, { ...running, upgrades: [hop({ status: 'Running', rolloutId: undefined })] }],
  ])('stays where it %s', async (_, end, given) => {
    expect(await (await settled(end, given)).of(ID)).toBeUndefined();
  });

  test('goes back as the person has it who has asked for that already', async () => {
    const theirOwn = back({ status: 'Parked', requestedBy: 'ann', execution: 'e' });
    const upgrades = [...running.upgrades, theirOwn];
    const { of, wave, events } = await settled(failed, { ...running, upgrades, clusterControl: forIt });
    expect([await of(ID), wave?.automaticRollbacks]).toEqual([theirOwn, undefined]);
    expect(events).not.toContain('RollbackBegun');
  });

  test('is tried anew where one before has ended', async () => {
    const upgrades = [...running.upgrades, back({ status: 'Blocked', requestedBy: 'ann' })];
    expect(await (await settled(failed, { ...running, upgrades })).of(ID)).toMatchObject({ status: 'Pending' });
  });
});
