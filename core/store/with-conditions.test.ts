import { rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import type { Rollout } from '../contracts/items/rollout.ts';
import type { WriteOperation } from '../ports/table.ts';
import { FleetControls, Rollouts, Waves } from './entities.ts';
import { put, unchanged } from './entity.ts';
import { rolloutConditions, toldWave, withConditions } from './with-conditions.ts';

const NOON = new Date('2026-11-20T12:00:00Z');
const conditionsOf = (operation: WriteOperation) =>
  operation.type === 'put' ? (operation.item.data as { conditions?: { type: string }[] }).conditions : undefined;
const typesOf = (operation: WriteOperation) => conditionsOf(withConditions(operation, NOON))?.map(({ type }) => type);

test('a wave and a rollout are written with what their state means, each with its own conditions', () => {
  expect(typesOf(put(Waves, waveItem(), 'absent'))).toEqual(['Approved', 'GatesGreen', 'Soaked', 'WithinBudget']);
  const rollout = put(Rollouts, rolloutItem(), 'absent');
  expect(typesOf(rollout)).toEqual(['Progressing', 'Paused', 'Halted', 'Completed']);
  expect(withConditions(rollout, NOON)).toMatchObject({
    ...rollout,
    item: { ...(rollout.type === 'put' ? rollout.item : {}), data: rolloutItem() },
  });
});

test('of a condition its words are not kept, and whoever reads it is told those of its item', () => {
  const written = withConditions(put(Waves, waveItem({ status: 'Soaking' }), 'absent'), NOON);
  const kept = written.type === 'put' ? (written.item.data as ReturnType<typeof waveItem>) : waveItem();
  expect(kept.conditions?.[2]).toEqual({ type: 'Soaked', status: 'False', lastTransitionTime: NOON.toISOString() });
  const words = { reason: 'Soaking', message: 'It soaks.' };
  expect(toldWave(kept, new Date('2026-11-20T13:00:00Z')).conditions?.[2]).toEqual({
    ...kept.conditions?.[2],
    ...words,
  });
  expect(toldWave(waveItem(), NOON)).toEqual(waveItem());
});

test('a condition that holds on keeps its time', () => {
  const first = withConditions(put(Waves, waveItem(), 'absent'), NOON);
  const before = first.type === 'put' ? (first.item.data as ReturnType<typeof waveItem>) : waveItem();
  const later = withConditions(put(Waves, before, 1), new Date('2026-11-20T13:00:00Z'));
  expect(conditionsOf(later)).toEqual(conditionsOf(first));
});

test.each<[Partial<Rollout>, string]>([
  [{}, 'True Running'],
  [{ waitsSince: NOON.toISOString() }, 'False Unsettled'],
  [{ status: 'Halted', waitsSince: NOON.toISOString() }, 'False Halted'],
])('a rollout %j is Progressing: %s', (given, said) => {
  const [progressing] = rolloutConditions(rolloutItem({ status: 'Running', ...given }));
  expect(`${progressing?.status} ${progressing?.reason}`).toBe(said);
});

test('whatever else is written stays as it is, and so does what only checks', () => {
  const others = [put(FleetControls, { stopped: true }, 'absent'), unchanged(Waves, undefined, 'r', 0)];
  for (const one of others) expect(withConditions(one, NOON)).toBe(one);
});
