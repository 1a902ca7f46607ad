import { calendarOf } from '../../test/material/calendar/calendar-of.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { ClusterControl } from '../contracts/items/cluster.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import { stalledWaves } from './never-starting.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const tags = { 'liftlock/calendar': 'acme' };
const clusters = ['a', 'b', 'c'].map((name) => clusterRecord({ name, version: '1.36', tags }));
const waves = [
  { name: 'one', calendar: 'prod' },
  { name: 'two', selector: { matchLabels: { x: 'y' } }, calendar: 'prod' },
  { name: 'three', clusters: ['c'] },
];
const open = (schedule: string) => calendarOf({ windows: [{ schedule, duration: '4h' }] });
const snapshot = {
  ...fleetSnapshot({ clusters, policies: { p: { selector: {}, target: '1.37', waves } } }),
  calendars: new Map([
    ['prod', open('0 22 * * *')],
    ['acme', open('0 8 * * *')],
  ]),
};

/** Two waves with a cluster each that never starts, and a third one. */
function stalled({
  own = [],
  members = {},
  control,
}: {
  own?: Partial<Wave>[];
  members?: Partial<Member>;
  control?: object;
} = {}) {
  const { clusterKey } = clusterRecord({ name: 'a' });
  const controls = new Map(control === undefined ? [] : [[clusterKey, { clusterKey, ...control } as ClusterControl]]);
  const found = stalledWaves(
    { ...snapshot, controls },
    rolloutItem({ waves: waves.map(({ name }) => name) }),
    waves.map(({ name }, index) => waveItem({ index, name, members: 1, status: 'Pending', ...own[index] })),
    clusters.map(({ clusterKey: key, name }, index) =>
      memberItem({ clusterKey: key, name, waveIndex: index, ...(index === 0 ? members : {}) }),
    ),
    NOW,
  );
  return found.map(({ wave, members: who, holds }) => [wave.name, who.map(({ name }) => name), holds]);
}

test('every wave is told that waits for somebody who never starts, with those after it', () => {
  expect(stalled()).toEqual([
    ['one', ['a'], ['two', 'three']],
    ['two', ['b'], ['three']],
  ]);
});

test.each<[string, Parameters<typeof stalled>[0], unknown[]]>([
  ['of waves in which nobody goes', { own: [{}, {}, { excluded: 1 }] }, ['one', ['a'], ['two']]],
  ['of waves that have passed', { own: [{ status: 'Completed' }] }, ['two', ['b'], ['three']]],
  ['of who runs', { members: { status: 'Running', inFlight: true } }, ['two', ['b'], ['three']]],
  ['of who is set aside', { members: { status: 'Quarantined' } }, ['two', ['b'], ['three']]],
  [
    'of who may pass its windows now',
    {
      control: {
        breakGlass: {
          reason: 'x',
          until: '2026-11-20T14:00:00.000Z',
          by: [{ principal: 'role:111111111111/x', at: '2026-11-20T11:00:00.000Z' }],
          fourEyes: false,
        },
      },
    },
    ['two', ['b'], ['three']],
  ],
])('nothing is told %s', (_, given, first) => {
  expect(stalled(given)[0]).toEqual(first);
});

test('whom a wave waits for to be ready is told when its turn has come, and of a plan at once', () => {
  const asking = ['one', 'two'].map((name, index) => ({ name, clusters: ['ab'[index]], requireReady: '24h' }));
  const small = fleetSnapshot({ clusters, policies: { p: { selector: {}, target: '1.37', waves: asking } } });
  const told = (more: Partial<typeof small>, first: Partial<Wave> = {}) =>
    stalledWaves(
      { ...small, ...more },
      rolloutItem({ waves: ['one', 'two'] }),
      asking.map(({ name }, index) => waveItem({ index, name, status: 'Pending', ...(index === 0 ? first : {}) })),
      clusters.slice(0, 2).map(({ clusterKey, name }, waveIndex) => memberItem({ clusterKey, name, waveIndex })),
      NOW,
    ).map(({ wave, staysShut, reason: { code } }) => [wave.name, staysShut, code]);
  expect(told({})).toEqual([['one', true, 'NotReady']]);
  expect(told({}, { status: 'Completed' })).toEqual([['two', true, 'NotReady']]);
  const scan = { scannedAt: NOW.toISOString(), target: '1.37', verdict: 'incomplete' as const, gaps: 1, causes: [] };
  const scans = new Map(clusters.map(({ clusterKey }) => [clusterKey, { clusterKey, scans: [scan] }]));
  expect(told({ scans, takesLooksForMade: true })).toEqual([
    ['one', true, 'NotReady'],
    ['two', true, 'NotReady'],
  ]);
});
