import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { type Asked, candidatesOf } from './candidates.ts';
import type { FleetSnapshot } from './snapshot.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const policy = (more: object = {}) => ({ selector: {}, target: '1.37', waves: [{ name: 'all' }], ...more });
const cluster = (name: string, more: Partial<ClusterRecord> = {}) => clusterRecord({ name, version: '1.36', ...more });

interface Given {
  readonly clusters: readonly ClusterRecord[];
  readonly policies?: Readonly<Record<string, object>>;
  readonly name?: string;
  readonly asked?: Asked;
  readonly more?: Partial<FleetSnapshot>;
}

/** By wave, each with its obstacles; and the excluded ones, with the reasons. */
function found({ clusters, policies = { p: policy() }, name = 'p', asked, more }: Given) {
  const snapshot = { ...fleetSnapshot({ clusters, policies }), ...more };
  const { byWave, leftOut } = candidatesOf(snapshot, name, NOW, asked);
  return {
    waves: [...byWave].map(([index, inWave]) => [
      index,
      inWave.map(({ cluster: one, target, refusals }) =>
        `${one.name} ${target} ${refusals.map(({ code }) => code)}`.trim(),
      ),
    ]),
    leftOut: leftOut.map((one) => `${one.name} ${one.reason.code}: ${one.reason.message}`),
  };
}

test('every cluster that is behind is in the wave that takes it, in the order of the policy', () => {
  const waves = [{ name: 'dev', selector: { matchLabels: { env: 'dev' } } }, { name: 'rest' }];
  const clusters = [cluster('c'), cluster('b', { labels: { env: 'dev' } }), cluster('a')];
  expect(found({ clusters, policies: { p: policy({ waves }) } })).toEqual({
    waves: [
      [1, ['a 1.37', 'c 1.37']],
      [0, ['b 1.37']],
    ],
    leftOut: [],
  });
});

const denied = {
  type: 'Reachable',
  status: 'False' as const,
  reason: 'x',
  message: 'x',
  lastTransitionTime: NOW.toISOString(),
};
test.each<[string, Partial<ClusterRecord>, string]>([
  ['its tag keeps Liftlock away', { tags: { 'liftlock/paused': 'true' } }, 'Excluded'],
  ['it cannot be read', { conditions: [denied] }, 'Unreachable'],
])('a cluster is kept in its wave with what stands against it where %s', (_, more, code) => {
  expect(found({ clusters: [cluster('a', more)] })).toEqual({ waves: [[0, [`a 1.37 ${code}`]]], leftOut: [] });
});

test('a cluster that is held stays in its wave, and says so', () => {
  const one = cluster('a');
  const held = { reason: { code: 'UpdateFailed' as const, message: 'x' }, since: NOW.toISOString() };
  const controls = new Map([[one.clusterKey, { clusterKey: one.clusterKey, held }]]);
  expect(found({ clusters: [one], more: { controls } }).waves).toEqual([[0, ['a 1.37 Held']]]);
});

test('a cluster that several policies select stays in the wave of each, and says so', () => {
  const policies = { p: policy(), q: policy() };
  expect(found({ clusters: [cluster('a')], policies }).waves).toEqual([[0, ['a 1.37 AmbiguousPolicy']]]);
  const other = { ...policies, r: policy({ selector: { matchLabels: { env: 'dev' } } }) };
  expect(found({ clusters: [cluster('a')], policies: other, name: 'r' }).waves).toStrictEqual([]);
});

const group = { name: 'g', status: 'ACTIVE', issues: [] };
const atTarget = cluster('a', { version: '1.37' });
test.each<[string, Given, readonly string[]]>([
  [
    'is at its target where several policies select it',
    { clusters: [atTarget], policies: { p: policy(), q: policy() } },
    ['a AmbiguousPolicy: Several policies select it (p, q); it is left alone until one does.'],
  ],
  [
    'is at its target where a wave has no answer',
    {
      clusters: [atTarget],
      policies: { p: policy({ waves: [{ name: 'x', selector: { when: 'cluster.labels.team == "a"' } }] }) },
    },
    [expect.stringMatching(/^a PolicyError: /)],
  ],
  [
    'is beyond it where several policies select it',
    { clusters: [cluster('a')], policies: { p: policy({ target: '1.35' }), q: policy() } },
    ['a AmbiguousPolicy: Several policies select it (p, q); it is left alone until one does.'],
  ],
  [
    'is at its target',
    { clusters: [cluster('a', { version: '1.37' })] },
    ['a AtTarget: a is at 1.37; the target is 1.37. Of its nodes only managed groups were looked at.'],
  ],
  [
    'is at its target, and a node group is not',
    { clusters: [cluster('a', { version: '1.37', nodegroups: [{ ...group, version: '1.36' }] })] },
    [
      'a NodesBehind: The control plane of a is at 1.37, and nodes are behind: g is at 1.36 and stops the hop to 1.40. Somebody runs: liftlock rollout create p --finish (whom it takes says --dry-run).',
    ],
  ],
  [
    'is beyond it',
    { clusters: [cluster('a')], policies: { p: policy({ target: '1.35' }) } },
    ['a BeyondTarget: a is at 1.36; the target is 1.35. Of its nodes only managed groups were looked at.'],
  ],
  [
    'is beyond it, and a node group is not at its version',
    {
      clusters: [cluster('a', { nodegroups: [{ ...group, version: '1.35' }] })],
      policies: { p: policy({ target: '1.35' }) },
    },
    [
      'a NodesBehind: The control plane of a is at 1.36, and nodes are behind: g is at 1.35 and stops the hop to 1.39. Somebody runs: liftlock rollout create p --finish (whom it takes says --dry-run).',
    ],
  ],
  [
    'is kept where it is by its tag',
    { clusters: [cluster('a', { tags: { 'liftlock/pin-version': '1.36' } })] },
    ["a Pinned: The cluster's tag liftlock/pin-version keeps it at 1.36 or older, so not 1.37."],
  ],
  [
    'is in a Region that nobody has looked at',
    { clusters: [cluster('a', { region: 'us-east-1' })] },
    ['a NotOffered: The versions that EKS offers in us-east-1 are not known yet.'],
  ],
  [
    'is in no wave',
    { clusters: [cluster('a')], policies: { p: policy({ waves: [{ name: 'x', clusters: ['other'] }] }) } },
    ['a NoWave: No wave of the policy p selects it.'],
  ],
  [
    'has a policy without an answer',
    { clusters: [cluster('a')], policies: { p: policy({ selector: { when: 'cluster.labels.team == "a"' } }) } },
    [expect.stringMatching(/^a PolicyError: /)],
  ],
])('a cluster is left out that %s', (_, given, leftOut) => {
  expect(found(given)).toEqual({ waves: [], leftOut });
});

test('a cluster whose nodes are to follow before its hop stays in its wave where its policy is not decided, and says so', () => {
  const policies = { p: policy({ finish: 'always' }), q: policy({ finish: 'always' }) };
  const nodegroups = [{ ...group, version: '1.33' }];
  const clusters = [cluster('a', { nodegroups })];
  expect(found({ clusters, policies: { p: policies.p } }).waves).toEqual([[0, ['a 1.36']]]);
  expect(found({ clusters, policies })).toEqual({ waves: [[0, ['a 1.37 AmbiguousPolicy']]], leftOut: [] });
});

test('whoever is left out is told by name, in order', () => {
  const clusters = ['b', 'c', 'a'].map((name) => cluster(name, { version: '1.37' }));
  expect(found({ clusters }).leftOut.map((text) => text.slice(0, 1))).toEqual(['a', 'b', 'c']);
});

test.each<[string, Given]>([
  ['is gone', { clusters: [cluster('a', { deletedAt: NOW.toISOString() })] }],
  [
    'is of another policy',
    { clusters: [cluster('a')], policies: { p: policy({ selector: { matchLabels: { env: 'x' } } }), q: policy() } },
  ],
  [
    'another policy has no answer for',
    {
      clusters: [cluster('a')],
      policies: {
        p: policy({ selector: { matchLabels: { env: 'x' } } }),
        q: policy({ selector: { when: 'cluster.labels.team == "a"' } }),
      },
    },
  ],
  [
    'had its try',
    {
      clusters: [cluster('a')],
      asked: { skip: ({ cluster: { name }, target }) => name === 'a' && String(target) === '1.37' },
    },
  ],
  ['asks for a policy that is gone', { clusters: [cluster('a')], name: 'gone' }],
])('nothing is said of a cluster that %s', (_, given) => {
  expect(found(given)).toStrictEqual({ waves: [], leftOut: [] });
});

const behind = cluster('a', { version: '1.37', nodegroups: [{ ...group, version: '1.36' }] });
const custom = cluster('a', { version: '1.37', nodegroups: [{ ...group, version: '1.36', amiType: 'CUSTOM' }] });
test.each<[string, ClusterRecord, object, Asked, boolean]>([
  ['always', behind, { finish: 'always' }, {}, true],
  ['where it is asked for, and the policy proposes it', behind, { finish: 'propose' }, { finish: true }, true],
  ['not by itself where the policy only proposes it', behind, { finish: 'propose' }, {}, false],
  ['not where the policy leaves it to others', behind, { finish: 'never' }, { finish: true }, false],
  ['not where Liftlock cannot roll them', custom, { finish: 'always' }, { finish: true }, false],
  [
    'not where nobody can tell by whose rules',
    behind,
    { finish: 'always', waves: [{ name: 'x', selector: { when: 'cluster.labels.team == "a"' } }] },
    {},
    false,
  ],
])('nodes that are behind their control plane are finished %s', (_, one, more, asked, expected) => {
  const { waves } = found({ clusters: [one], policies: { p: policy(more) }, asked });
  expect(waves).toEqual(expected ? [[0, ['a 1.37']]] : []);
});

test.each([
  ['Parked', false],
  ['Succeeded', true],
] as const)('who is behind while its upgrade is %s is finished by somebody: %s', (status, isProposed) => {
  const hop = { id: '1.36-1.37', from: '1.36', to: '1.37', machine: 'upgrade-cluster', requestedBy: 'ann' } as const;
  const own = { ...hop, clusterKey: behind.clusterKey, status, mutated: true, steps: {}, reasons: [] };
  const { leftOut } = found({ clusters: [behind], more: { upgrades: [own] } });
  expect(leftOut[0]?.includes('--finish')).toBe(isProposed);
});

test.each<[string, object, object | undefined, RegExp]>([
  [
    'is held',
    {},
    { reason: { code: 'UpdateFailed', message: 'no nodes' }, since: NOW.toISOString() },
    /held since .*no nodes/,
  ],
  ['has the tag paused', { tags: { 'liftlock/paused': 'true' } }, undefined, /keeps Liftlock away/],
])('nobody is told to finish a cluster that %s: a rollout would set it aside', (_, more, held, why) => {
  const one = cluster('a', { version: '1.37', nodegroups: [{ ...group, version: '1.36' }], ...more });
  const controls = new Map([[one.clusterKey, { clusterKey: one.clusterKey, held: held as never }]]);
  const { leftOut } = found({ clusters: [one], more: { controls } });
  expect(leftOut).toEqual([expect.stringMatching(why)]);
  expect(leftOut[0]).toMatch(/What ends that says: liftlock explain cluster a\.$/);
  expect(leftOut[0]).not.toContain('--finish');
});

test('nobody is said to finish what no wave takes, and its tag says why', () => {
  const tagged = { ...behind, tags: { 'liftlock/wave': 'nope' } };
  const { leftOut } = found({ clusters: [tagged], policies: { p: policy({ finish: 'propose' }) } });
  expect(leftOut[0]).toMatch(
    /^a NodesBehind: .*The cluster's tag liftlock\/wave is "nope", and the policy p has all\.$/,
  );
  expect(leftOut[0]).not.toContain('--finish');
});
