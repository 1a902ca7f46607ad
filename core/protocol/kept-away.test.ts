import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { cluster, fleetConfig, type Kept, keep, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { fleetSchema } from '../config/schema/fleet.ts';
import type { ReasonCode } from '../contracts/reasons.ts';
import { reason } from '../contracts/step-result.ts';
import type { ItemKey } from '../ports/table.ts';
import { Clusters, Rollouts, Waves } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { keptAway, loadReasonsNow, type Orders, reasonsNow } from './kept-away.ts';

const { spec: fleet } = fleetSchema.parse(fleetConfig.document);
const watched = upgrade({ status: 'Parked', mutated: true, reasons: [reason('Watching', 'It is watched.')] });
const none: Orders = { fleet, control: undefined, rollout: rolloutItem(), wave: waveItem(), cluster };
const codes = (given: Partial<Orders>, one = watched) => keptAway(one, { ...none, ...given }).map(({ code }) => code);
const paused = { ...cluster, tags: { 'liftlock/paused': 'true' } };
const pinned = { ...cluster, tags: { 'liftlock/pin-version': '1.36' } };
const halted = rolloutItem({ status: 'Halted', reasons: [reason('FailureBudgetExceeded', 'Too many have failed.')] });

test.each<[string, Partial<Orders>, readonly string[]]>([
  ['nothing in the way', {}, []],
  ['no Fleet', { fleet: undefined }, ['FleetNotConfigured']],
  ['a Fleet that only looks', { fleet: { ...fleet, mode: 'observe' } }, ['ObserveMode']],
  ['a fleet that somebody stopped', { control: { stopped: true } }, ['FleetStopped']],
  ['a paused rollout', { rollout: rolloutItem({ status: 'Paused' }) }, ['RolloutPaused']],
  ['a halted rollout', { rollout: halted }, ['RolloutHalted', 'FailureBudgetExceeded']],
  ['a halted wave', { wave: waveItem({ status: 'Halted' }) }, ['WaveHalted']],
  [
    'a halted wave of a halted rollout',
    { rollout: halted, wave: waveItem({ status: 'Halted' }) },
    ['RolloutHalted', 'FailureBudgetExceeded'],
  ],
  ['a wave that is done', { wave: waveItem({ status: 'Completed' }) }, []],
  ['a paused cluster', { cluster: paused }, ['Excluded']],
  ['a cluster pinned below what it was brought to', { cluster: pinned }, ['Pinned']],
  ['nothing known of rollout, wave and cluster', { rollout: undefined, wave: undefined, cluster: undefined }, []],
])('of a cluster that is watched, with %s', (_, given, expected) => {
  expect(codes(given)).toEqual(expected);
});

test('all orders are told, in the order in which they are given: the fleet, the rollout, the wave, the cluster', () => {
  const many = { control: { stopped: true }, rollout: rolloutItem({ status: 'Paused' }), cluster: paused };
  expect(codes({ ...many, wave: waveItem({ status: 'Halted' }) })).toEqual([
    'FleetStopped',
    'RolloutPaused',
    'WaveHalted',
    'Excluded',
  ]);
});

test('the halt of a wave is told with its name', () => {
  expect(keptAway(watched, { ...none, wave: waveItem({ name: 'staging', status: 'Halted' }) })).toEqual([
    reason('WaveHalted', 'The wave staging is Halted.'),
  ]);
});

test.each([
  ['is not watched but parked for its window', upgrade({ status: 'Parked', reasons: [reason('WindowClosed', '')] })],
  ['runs', upgrade({ status: 'Running', reasons: watched.reasons })],
  ['has ended', upgrade({ status: 'Succeeded' })],
])('whatever %s is kept away from nothing', (_, one) => {
  expect(codes({ control: { stopped: true }, cluster: paused }, one)).toEqual([]);
});

const parked = (...codes: readonly ReasonCode[]) =>
  upgrade({ status: 'Parked', mutated: true, reasons: codes.map((code) => reason(code, `${code}.`)) });

test.each<[string, Parameters<typeof reasonsNow>[0], Partial<Orders>, readonly string[]]>([
  [
    'what stands against it now, before what it parked for',
    parked('WindowClosed'),
    { control: { stopped: true, by: 'ann', reason: 'a fire' } },
    ['The fleet was stopped by ann: a fire.', 'WindowClosed.'],
  ],
  ['nothing of a stop that is over', parked('FleetStopped', 'WindowClosed'), {}, ['WindowClosed.']],
  [
    'the pause in place of the stop that is over',
    parked('FleetStopped'),
    { rollout: rolloutItem({ status: 'Paused' }) },
    ['The rollout r is paused.'],
  ],
  ['that all of it is over', parked('FleetStopped'), {}, ['It parked for this, which is over: FleetStopped.']],
  [
    'of a rollback neither the pause nor a tag, which do not keep it',
    { ...parked('WindowClosed', 'FleetStopped'), machine: 'rollback-cluster' },
    { rollout: rolloutItem({ status: 'Paused' }), cluster: paused },
    ['WindowClosed.'],
  ],
  [
    'of what undoes nothing, since all of this does not keep it',
    { ...parked('Throttled'), machine: 'restore-nodes' },
    { control: { stopped: true } },
    ['Throttled.'],
  ],
  ['of what runs its own words', { ...parked('FleetStopped'), status: 'Running' }, {}, ['FleetStopped.']],
  [
    'of what runs why it gives way and how far it runs on, and no tag, which does not stop it',
    upgrade({ status: 'Running' }),
    { control: { stopped: true, by: 'ann', reason: 'a fire' }, cluster: paused },
    ['The fleet was stopped by ann: a fire. It runs now, and parks at its next change.'],
  ],
  [
    'of what runs in a Fleet that only looks, in a paused rollout, all of it',
    upgrade({ status: 'Running' }),
    {
      fleet: { ...fleet, mode: 'observe' },
      rollout: rolloutItem({ status: 'Paused', reasons: [reason('Paused', 'ann: lunch')] }),
    },
    [
      'The fleet is in mode "observe": Liftlock only looks until the Fleet is applied with mode: act. It runs now, and parks at its next change.',
      'The rollout r was paused by ann: lunch.',
    ],
  ],
  [
    'of a member that runs why it gives way, since how far it runs on nobody knows without its steps',
    { ...upgrade({ status: 'Running' }), steps: undefined as never },
    { rollout: rolloutItem({ status: 'Paused' }) },
    ['The rollout r is paused.'],
  ],
  [
    'of what runs on a cluster that is to be taken back that it makes room for that',
    upgrade({ status: 'Running' }),
    { held: { since: '2026-11-20T11:00:00.000Z', reason: reason('RollingBack', 'It is to go back.') } },
    ['It is to go back. It runs now, and parks at its next change.'],
  ],
  [
    'of what an abort has left half-way that it did, and nothing else',
    parked('FleetStopped'),
    { rollout: rolloutItem({ status: 'Aborted', reasons: [reason('Aborted', 'ann: no.')] }), cluster: paused },
    [
      'The rollout r was aborted. The upgrade from 1.36 to 1.37 is half done and stays so until a person acts.',
      'ann: no.',
    ],
  ],
  [
    'of what an abort ends, since it has changed nothing, its own words',
    { ...parked('FleetStopped'), mutated: false },
    { rollout: rolloutItem({ status: 'Aborted' }), cluster: paused },
    ['FleetStopped.'],
  ],
])('of a parked upgrade is told %s', (_, one, given, expected) => {
  expect(reasonsNow(one, { ...none, ...given }).map(({ message }) => message)).toEqual(expected);
});

test('of what an abort has left this is not told: others tell that', () => {
  expect(codes({ control: { stopped: true }, rollout: rolloutItem({ status: 'Aborted' }) })).toEqual([]);
});

describe('by what the table says', () => {
  const other = upgrade({ ...watched, clusterKey: 'other', rolloutId: 'r2', waveIndex: 0 });
  const kept = async (given: Kept): Promise<Reader> => {
    const table = new MemoryTable();
    await keep(table, given);
    return new Reader(table);
  };

  test('each is told the orders of its own rollout, wave and cluster', async () => {
    const reader = await kept({
      rollout: rolloutItem({ status: 'Paused' }),
      waves: [waveItem({ index: 0, status: 'Halted' }), waveItem({ index: 1, name: 'its own', status: 'Halted' })],
      cluster: paused,
    });
    await reader.table.transact([
      put(Rollouts, rolloutItem({ id: 'r2' }), 'absent'),
      put(Waves, waveItem({ rolloutId: 'r2', index: 0, name: 'of another' }), 'absent'),
      put(Waves, waveItem({ rolloutId: 'r2', index: 1, status: 'Halted' }), 'absent'),
      put(Clusters, { ...cluster, clusterKey: 'other' }, 'absent'),
    ]);
    const of = await loadReasonsNow(reader, [watched, other]);
    expect(of(watched).map(({ message }) => message)).toEqual([
      'The rollout r is paused.',
      'The wave its own is Halted.',
      expect.stringContaining('liftlock/paused'),
      'It is watched.',
    ]);
    expect(of(other)).toEqual(other.reasons);
  });

  test('the stop of the fleet and a Fleet that is missing are told to all', async () => {
    const stopped = await loadReasonsNow(await kept({ control: { stopped: true, by: 'ann', reason: 'a fire' } }), [
      watched,
    ]);
    expect(stopped(watched).map(({ message }) => message)).toEqual([
      'The fleet was stopped by ann: a fire.',
      'It is watched.',
    ]);
    const running = { ...watched, status: 'Running' } as const;
    expect(stopped(running).map(({ code }) => code)).toEqual(['FleetStopped', 'Watching']);
    const bare = await loadReasonsNow(await kept({ fleet: undefined }), [watched]);
    expect(bare(watched).map(({ code }) => code)).toEqual(['FleetNotConfigured', 'Watching']);
  });

  test('where nobody runs or is parked nothing is read, else each item once', async () => {
    const reader = await kept({});
    const ended = upgrade({ status: 'Succeeded' });
    expect((await loadReasonsNow(reader, [ended]))(ended)).toEqual(ended.reasons);
    expect(reader.asked).toEqual([]);
    await loadReasonsNow(reader, [watched, watched, upgrade()]);
    expect(reader.asked.map((keys) => keys.length)).toEqual([6]);
  });

  test('one that a person began has the orders of the fleet and of its cluster', async () => {
    const { rolloutId: _, waveIndex: __, ...byHand } = watched;
    const of = await loadReasonsNow(await kept({ control: { stopped: true }, cluster: paused }), [byHand]);
    expect(of(byHand).map(({ code }) => code)).toEqual(['FleetStopped', 'Excluded', 'Watching']);
  });
});

/** A table that records the requested items. */
class Reader {
  readonly asked: (readonly ItemKey[])[] = [];
  readonly table: MemoryTable;

  constructor(table: MemoryTable) {
    this.table = table;
  }

  getAll(keys: readonly ItemKey[]) {
    this.asked.push(keys);
    return this.table.getAll(keys);
  }
}
