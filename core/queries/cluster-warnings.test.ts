import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { clusterWarnings, tagEffects } from './cluster-warnings.ts';

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

test('nodes that are newer than their control plane, or too old for it, are a warning, with what mends that', () => {
  const warned = (version: string) => {
    const nodegroups = [{ name: 'workers', version, status: 'ACTIVE', issues: [] }];
    return clusterWarnings(clusterRecord({ version: '1.36', nodegroups }), [], []).map(
      ({ code, message }) => `${code}: ${message}`,
    );
  };
  expect(warned('1.37')).toEqual([
    'VersionSkew: kubelet on workers is 1.37, newer than the API server at 1.36, which Kubernetes does not support. Take it back to 1.36, or the control plane up to 1.37.',
  ]);
  expect([warned('1.36'), warned('1.33')]).toEqual([[], []]);
  expect(warned('1.32')).toEqual([expect.stringContaining('4 minors older than an API server at 1.36')]);
});
