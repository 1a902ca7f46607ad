import { MemoryTable } from '../../adapters/memory/table.ts';
import { waveItem } from '../../test/material/items/rollout-items.ts';
import { clock, KEY, type Kept, keep, upgrade, waves } from '../../test/material/protocol/one-upgrade.ts';
import type { LiftlockEvent } from '../contracts/events.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { reason } from '../contracts/step-result.ts';
import { ClusterControls, Upgrades, Waves } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { refuseRequest } from './refuse-request.ts';

const MINE = 'arn:execution:mine';
const why = reason('WindowClosed', 'It is closed.');
const { rolloutId: _, waveIndex: __, ...alone } = upgrade();
const asked = (given: Partial<Upgrade> = {}): Upgrade => ({ ...alone, status: 'Pending', execution: MINE, ...given });
const back = (given: Partial<Upgrade> = {}): Upgrade =>
  asked({ id: 'rollback-1.37-1.36', machine: 'rollback-cluster', from: '1.37', to: '1.36', ...given });
const heldBy = (code: 'RollingBack' | 'Held', upgradeId?: string) => ({
  clusterKey: KEY,
  held: {
    since: clock.now().toISOString(),
    reason: reason(code, ''),
    ...(upgradeId === undefined ? {} : { upgradeId }),
  },
});

async function refused(one: Upgrade, given: Kept = {}, execution = MINE) {
  const table = new MemoryTable();
  await keep(table, { ...given, upgrades: [one, ...(given.upgrades ?? [])] });
  const told: LiftlockEvent[] = [];
  const events = { publish: async (all: readonly LiftlockEvent[]) => void told.push(...all) };
  await refuseRequest({ table, clock, events }, one, execution, [why]);
  const upgradeNow = (await load(table, Upgrades, KEY, one.id))?.data;
  const control = (await load(table, ClusterControls, KEY))?.data;
  const wave = (await load(table, Waves, 'r', 1))?.data;
  return { upgrade: upgradeNow, control, wave, told: told.map(({ type }) => type) };
}

test('what was asked for ends with why it was refused, and whoever is told of upgrades hears it', async () => {
  const { upgrade: ended, control, told } = await refused(asked({ resumeAt: '2026-11-20T12:05:00.000Z' }));
  expect(ended).toMatchObject({ status: 'Blocked', reasons: [why], endedAt: clock.now().toISOString() });
  expect(ended).not.toHaveProperty('resumeAt');
  expect([control, told]).toEqual([undefined, ['UpgradeChanged']]);
});

test('what had failed half-way before is that again, and held by nobody who had let it go', async () => {
  const { upgrade: ended, control } = await refused(asked({ mutated: true, noChangeYet: true }));
  expect([ended?.status, control]).toEqual(['Failed', undefined]);
});

test.each<[string, Upgrade, string]>([
  ['runs', asked({ status: 'Running' }), MINE],
  ['waited before that', asked({ status: 'Parked' }), MINE],
  ['was asked for anew since', asked(), 'arn:execution:older'],
])('what %s stays as it is', async (_, one, execution) => {
  const { upgrade: left, told } = await refused(one, {}, execution);
  expect([left, told]).toEqual([one, []]);
});

describe('of a rollback', () => {
  const hop = upgrade({ status: 'Succeeded' });
  const going = waves.map((one) => (one.index === 1 ? waveItem({ ...one, goingBack: [KEY] }) : one));

  test('its hold ends with it, and waves after that of its hop wait no more', async () => {
    const one = back();
    const {
      upgrade: ended,
      control,
      wave,
    } = await refused(one, {
      ...{ upgrades: [hop], waves: going, clusterControl: heldBy('RollingBack', one.id) },
    });
    expect([ended?.status, control?.held, wave?.goingBack ?? []]).toEqual(['Blocked', undefined, []]);
  });

  test('whoever held the cluster before does so still', async () => {
    const { control } = await refused(back(), { upgrades: [hop], clusterControl: heldBy('Held') });
    expect(control).toEqual(heldBy('Held'));
  });

  test('that had taken something back before its cluster is held, and later waves wait for a person', async () => {
    const one = back({ mutated: true });
    const given = { upgrades: [hop], waves: going, clusterControl: heldBy('RollingBack', one.id) };
    const { upgrade: ended, control, wave } = await refused(one, given);
    expect([ended?.status, control?.held?.reason, control?.held?.mutated]).toEqual(['Failed', why, true]);
    expect(wave?.goingBack).toEqual([KEY]);
  });
});
