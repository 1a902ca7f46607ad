import { rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import type { WriteOperation } from '../ports/table.ts';
import { FleetControls, Rollouts, Waves } from './entities.ts';
import { put, unchanged } from './entity.ts';
import { withConditions } from './with-conditions.ts';

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

test('a condition that holds on keeps its time', () => {
  const first = withConditions(put(Waves, waveItem(), 'absent'), NOON);
  const before = first.type === 'put' ? (first.item.data as ReturnType<typeof waveItem>) : waveItem();
  const later = withConditions(put(Waves, before, 1), new Date('2026-11-20T13:00:00Z'));
  expect(conditionsOf(later)).toEqual(conditionsOf(first));
});

test('whatever else is written stays as it is, and so does what only checks', () => {
  const others = [put(FleetControls, { stopped: true }, 'absent'), unchanged(Waves, undefined, 'r', 0)];
  for (const one of others) expect(withConditions(one, NOON)).toBe(one);
});
