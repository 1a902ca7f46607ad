import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem } from '../../test/material/items/rollout-items.ts';
import { Rollouts } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { findRollout } from './find-rollout.ts';

test('an id that is nearly right is answered with the rollout that has one like it', async () => {
  const table = new MemoryTable();
  await table.transact([put(Rollouts, rolloutItem({ id: 'standard-1-37', waves: ['all'] }), 'absent')]);
  await expect(findRollout(table, 'standrad-1-37')).rejects.toThrow(
    'There is no rollout standrad-1-37. Did you mean standard-1-37? Run: liftlock get rollouts',
  );
  await expect(findRollout(table, 'x')).rejects.toThrow('There is no rollout x. Run: liftlock get rollouts');
  expect((await findRollout(table, 'standard-1-37')).data.id).toBe('standard-1-37');
});
