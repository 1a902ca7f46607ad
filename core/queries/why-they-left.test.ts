import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { calendarConfig, fleetConfig, keep, NOON } from '../../test/material/protocol/one-upgrade.ts';
import { tagProblems } from '../policy/cluster-tags.ts';
import { Configs } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { loadRolloutDetail } from './rollout-views.ts';

const tagged = { 'liftlock/calendar': 'nights' };
const without = tagProblems(tagged, 'liftlock/', new Set()).map(({ problem }) => problem);
const said = 'The tag liftlock/calendar asks for "nights", and there is no Calendar of that name.';

test.each([
  ['while it is not there', tagged, [], said],
  ['once it is there again', tagged, ['nights'], `It left for this, which is over: ${said}`],
  ['where the tag asks for another one by now', { 'liftlock/calendar': 'days' }, ['nights'], said],
])('a member that left for want of a Calendar says so as it is true now: %s', async (_, tags, calendars, message) => {
  const table = new MemoryTable();
  const cluster = clusterRecord({ tags });
  const member = memberItem({ clusterKey: cluster.clusterKey, status: 'Excluded', reasons: without });
  const waves = [waveItem({ index: 0, name: 'all' })];
  await keep(table, { fleet: fleetConfig, rollout: rolloutItem({ id: 'r', waves: ['all'] }), waves, member, cluster });
  for (const name of calendars) await table.transact([put(Configs, calendarConfig(name, { windows: [] }), 'any')]);
  const [shown] = (await loadRolloutDetail(table, 'r', NOON)).members;
  expect(shown?.reasons).toEqual([{ code: 'BadTag', message }]);
});
