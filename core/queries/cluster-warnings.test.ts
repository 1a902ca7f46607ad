import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { tagEffects } from './cluster-warnings.ts';

const effectsOf = (tags: Record<string, string>) => {
  const cluster = clusterRecord({ name: 'web', version: '1.36', tags });
  const waves = [{ name: 'test', clusters: ['other'] }, { name: 'stage', clusters: ['web'] }, { name: 'prod' }];
  const snapshot = fleetSnapshot({ clusters: [cluster], policies: { p: { selector: {}, target: '1.37', waves } } });
  const { placement } = clusterPolicy(snapshot, cluster, new Date('2026-11-20T12:00:00Z'));
  return tagEffects(cluster, 'liftlock/', new Set(['bank']), placement).map(({ tag, effect }) => `${tag}: ${effect}`);
};

test('a tag that can be read says what it does; tags of others say nothing', () => {
  expect(effectsOf({ team: 'a', 'liftlock/paused': 'true', 'liftlock/calendar': 'bank' })).toStrictEqual([
    'liftlock/paused: Liftlock keeps away from the cluster.',
    'liftlock/calendar: Liftlock also waits for bank to be open.',
  ]);
});

test('a tag that holds the cluster says that it does: one of another case, and one that asks for a calendar that is not there', () => {
  expect(effectsOf({ 'Liftlock/paused': 'true', 'liftlock/calendar': 'bank night' })).toStrictEqual([
    'Liftlock/paused: The tag Liftlock/paused is not one that Liftlock knows; known are liftlock/paused, liftlock/pin-version, liftlock/wave, liftlock/calendar.',
    'liftlock/calendar: The tag liftlock/calendar asks for "night", and there is no Calendar of that name.',
  ]);
});

test.each([
  ['a later one', 'prod', 'It goes no sooner than the wave prod.'],
  [
    'one that the policy does not have',
    'Prod',
    'The cluster\'s tag liftlock/wave is "Prod", and the policy p has test, stage, prod.',
  ],
  [
    'one before its own',
    'test',
    'The cluster\'s tag liftlock/wave is "test", which comes before its wave stage; tags only delay. Use prod, or remove the tag.',
  ],
  ['none', '', 'The tag liftlock/wave is empty; it must be the name of a wave.'],
])('a tag that names a wave says what the policy makes of it: %s', (_, wave, effect) => {
  expect(effectsOf({ 'liftlock/wave': wave })).toStrictEqual([`liftlock/wave: ${effect}`]);
});
