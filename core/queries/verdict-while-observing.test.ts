import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import { clusterPolicy } from './cluster-policy.ts';
import { verdictOf } from './verdict.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const ACT = 'The Fleet is applied with mode: act.';
test.each<[string, object, string[], string]>([
  ['nothing else', { trigger: 'automatic' }, [], ACT],
  ['a trigger that is manual', {}, ['ManualTrigger'], `${ACT} Then: Somebody runs: liftlock rollout create p`],
  [
    'no wave',
    { trigger: 'automatic', waves: [{ name: 'all', clusters: ['other'] }] },
    ['NoWave'],
    `${ACT} Then: What keeps it out of every wave is corrected.`,
  ],
])('a fleet that observes says what waits besides: %s', (_, spec, others, condition) => {
  const cluster = clusterRecord({ name: 'web', version: '1.36' });
  const policies = { p: { selector: {}, target: '1.37', trigger: 'manual', waves: [{ name: 'all' }], ...spec } };
  const acting = fleetSnapshot({ clusters: [cluster], policies });
  const snapshot = { ...acting, fleet: acting.fleet && { ...acting.fleet, mode: 'observe' as const } };
  const aim = clusterPolicy(snapshot, cluster, NOW);
  const said = verdictOf(snapshot, cluster, aim, { place: undefined, ofUpgrade: undefined }, NOW);
  expect([said.reasons.map(({ code }) => code), said.when.condition]).toEqual([['ObserveMode', ...others], condition]);
});
