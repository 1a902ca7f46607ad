import { UndoEntries } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import { hours, memberOf, minutes, smallFleet } from './small-fleet.ts';

test('a silence is lifted though the permission was lost while its step waited for the next try, and came back later', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 3 }] }],
    policy: {
      silences: [{ alarms: ['{cluster}-errors'], during: ['roll-node-group'], longest: '12h' }],
      nodes: { podEvictionFailure: { retries: 3, pause: '45m' } },
    },
    prepare: (state) =>
      void state.plannedFailures.push({
        ...{ clusterName: 'web', nodegroupName: 'workers', type: 'VersionUpdate' },
        ...{ errorCode: 'PodEvictionFailure', errorMessage: 'because' },
      }),
  });
  await hours(world, 0.05);
  for (let looks = 0; looks < 60 && world.muteRules.all().length === 0; looks += 1) await minutes(world, 1);
  world.silences.refuse = () => {
    throw Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
  };
  await hours(world, 3);
  expect((await memberOf(world, 'web')).status).toBe('Succeeded');
  expect(world.silences.sent).toEqual(['mute web-errors']);
  // What stands there still is ours to lift, though the next try could not silence anew.
  const [entry] = await loadKind(world.table, UndoEntries);
  expect([world.muteRules.all().length, entry?.closed]).toEqual([1, undefined]);
  world.silences.refuse = () => {};
  await hours(world, 1);
  expect(world.muteRules.all()).toEqual([]);
});
