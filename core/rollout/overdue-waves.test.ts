import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { NOTHING_OVERDUE, overdueWaves } from './overdue-waves.ts';
import type { FleetSnapshot } from './snapshot.ts';

const now = new Date('2026-11-20T12:00:00Z');
const ago = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();
const approval = { before: true, approvals: 1, fourEyes: false };
const approved = [{ decision: 'Approved', principal: 'x', at: ago(1), planHash: 'h' }];
const gates = (status: string) => ({ checkedAt: ago(0), readings: [{ gate: 'g', status, message: 'So.' }] });
const since = (hours: number) => [
  { type: 'GatesGreen', status: 'False', reason: 'GateRed', message: '', lastTransitionTime: ago(hours) },
];

function snapshot(waves: object[], rollout: object = {}, more: object = {}): FleetSnapshot {
  return {
    rollouts: [{ id: 'r', policy: 'p', status: 'Running', createdBy: 'me', createdAt: ago(100), ...rollout }],
    waves: waves.map((wave, index) => ({ rolloutId: 'r', index, name: `w${index}`, planHash: 'h', ...wave })),
    policies: new Map([
      ['p', { appliedBy: ['me'], policy: { spec: { waves: ['w0', 'w1'].map((name) => ({ name, approval })) } } }],
    ]),
    ...more,
  } as unknown as FleetSnapshot;
}

test.each<[string, Partial<Wave>[] | object[], object, { approvals: number; gates: number }]>([
  ['waits for approval for days', [{ status: 'Pending' }], {}, { approvals: 1, gates: 0 }],
  ['waits since yesterday', [{ status: 'Pending' }], { createdAt: ago(24) }, { approvals: 0, gates: 0 }],
  [
    'has its turn since yesterday',
    [{ status: 'Completed', endedAt: ago(24) }, { status: 'Pending' }],
    {},
    { approvals: 0, gates: 0 },
  ],
  ['is approved', [{ status: 'Pending', approvals: approved }], {}, { approvals: 0, gates: 0 }],
  [
    'waits for another wave',
    [{ status: 'Open', startedAt: ago(1), approvals: approved }, { status: 'Pending' }],
    {},
    { approvals: 0, gates: 0 },
  ],
  [
    'has opened, and its approval has ended before its first cluster',
    [{ status: 'Open' }],
    {},
    { approvals: 1, gates: 0 },
  ],
  ['is paused', [{ status: 'Pending' }], { status: 'Paused' }, { approvals: 0, gates: 0 }],
  [
    'soaks with a red gate for hours',
    [{ status: 'Soaking', gates: gates('red'), conditions: since(6) }],
    {},
    { approvals: 0, gates: 1 },
  ],
  [
    'soaks with a gate that has just turned red',
    [{ status: 'Soaking', gates: gates('red'), conditions: since(5) }],
    {},
    { approvals: 0, gates: 0 },
  ],
  [
    'has begun to soak a moment ago',
    [{ status: 'Soaking', gates: gates('unknown'), conditions: since(90), lastSuccessAt: ago(1) }],
    {},
    { approvals: 0, gates: 0 },
  ],
  [
    'soaks with green gates',
    [{ status: 'Soaking', gates: gates('green'), conditions: since(90) }],
    {},
    { approvals: 0, gates: 0 },
  ],
])('a wave that %s', (_, waves, rollout, expected) => {
  expect(overdueWaves(snapshot(waves, rollout), now)).toEqual(expected);
});

test('halted rollouts are counted on a full look, the newest of each policy', () => {
  const rollout = (policy: string, status: Rollout['status'], hours: number) => ({
    policy,
    status,
    createdAt: ago(hours),
  });
  const rollouts = [
    rollout('a', 'Halted', 9),
    rollout('a', 'Completed', 1),
    rollout('b', 'Aborted', 9),
    rollout('b', 'Halted', 1),
  ];
  expect(overdueWaves(snapshot([], {}, { history: { rollouts } }), now).halted).toBe(1);
});

test('the latest of several rollouts begun at one instant counts, in whatever order they are listed', () => {
  const halted = { policy: 'a', status: 'Halted', createdAt: ago(1) };
  const done = { policy: 'a', status: 'Completed', createdAt: ago(9) };
  for (const rollouts of [
    [halted, done],
    [done, halted],
  ])
    expect(overdueWaves(snapshot([], {}, { history: { rollouts } }), now).halted).toBe(1);
  expect(NOTHING_OVERDUE).toEqual({ approvals: 0, gates: 0 });
  expect(overdueWaves(snapshot([]), now)).not.toHaveProperty('halted');
});

test.each<[string, object[], object, { approvals: number; gates: number }]>([
  ['waits for just so long', [{ status: 'Pending' }], { createdAt: ago(72) }, { approvals: 1, gates: 0 }],
  ['waits for less', [{ status: 'Pending' }], { createdAt: ago(71.9) }, { approvals: 0, gates: 0 }],
  [
    'has its turn since the latest that passed',
    [
      { status: 'Completed', endedAt: ago(1) },
      { status: 'Skipped', endedAt: ago(90) },
      { status: 'Pending', name: 'w0' },
    ],
    {},
    { approvals: 0, gates: 0 },
  ],
  [
    'is the first by its place, however waves are listed',
    [
      { status: 'Pending', index: 1 },
      { status: 'Open', index: 0, approvals: approved },
    ],
    {},
    { approvals: 0, gates: 0 },
  ],
  [
    'is of another rollout',
    [
      { status: 'Pending', rolloutId: 'other', index: 0 },
      { status: 'Open', index: 1, approvals: approved },
    ],
    {},
    { approvals: 0, gates: 0 },
  ],
  [
    'is open with gates that were red',
    [{ status: 'Open', gates: gates('red'), conditions: since(90), approvals: approved }],
    {},
    { approvals: 0, gates: 0 },
  ],
  ['soaks and was not read', [{ status: 'Soaking' }], {}, { approvals: 0, gates: 0 }],
  [
    'soaks with one gate of two that is red',
    [
      {
        status: 'Soaking',
        conditions: [{ type: 'Approved', lastTransitionTime: ago(1) }, ...since(90)],
        gates: { checkedAt: ago(0), readings: [...gates('green').readings, ...gates('red').readings] },
      },
    ],
    {},
    { approvals: 0, gates: 1 },
  ],
  [
    'soaks with a gate that is red since nobody knows when',
    [{ status: 'Soaking', gates: gates('red') }],
    {},
    { approvals: 0, gates: 0 },
  ],
])('a wave is overdue or not that %s', (_, waves, rollout, expected) => {
  expect(overdueWaves(snapshot(waves, rollout), now)).toEqual(expected);
});

test('a wave whose policy is gone waits for nobody, and who asked may not approve for four eyes', () => {
  const pending = [{ status: 'Pending' }];
  expect(overdueWaves(snapshot(pending, {}, { policies: new Map() }), now).approvals).toBe(0);
  const strict = { ...approval, fourEyes: true };
  const policies = new Map([
    ['p', { appliedBy: ['author'], policy: { spec: { waves: [{ name: 'w0', approval: strict }] } } }],
  ]);
  const approved = (principal: string) => [
    { status: 'Pending', approvals: [{ decision: 'Approved', principal, at: ago(1), planHash: 'h' }] },
  ];
  const counts = ['author', 'me', 'other'].map(
    (principal) => overdueWaves(snapshot(approved(principal), {}, { policies }), now).approvals,
  );
  expect(counts).toEqual([1, 1, 0]);
});
