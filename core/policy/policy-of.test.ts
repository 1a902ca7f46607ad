import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { fleetConfig, keep, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import { Configs } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { loadPolicyForUpgrade } from './policy-for-upgrade.ts';
import { ambiguousPolicy, loadAllPolicies, policyOf } from './policy-of.ts';
import { waveOf } from './wave-of.ts';

const small = policyWith({ name: 'small', selector: '{ when: "cluster.nodegroups.size() < 2" }' });
const team = policyWith({ name: 'team', selector: '{ when: \'cluster.labels.team == "a"\' }' });
const prod = policyWith({ name: 'prod', selector: '{ matchLabels: { env: prod } }' });

test('labels and the expression must both hold', () => {
  const both = policyWith({ selector: '{ matchLabels: { env: prod }, when: "cluster.minor == 34" }' });
  const typeOf = (env: string, version: string) => policyOf(clusterRecord({ labels: { env }, version }), [both]).type;
  expect(typeOf('prod', '1.34')).toBe('one');
  expect(typeOf('prod', '1.33')).toBe('none');
  expect(typeOf('dev', '1.34')).toBe('none');
});

test('two policies that select a cluster leave it alone, also where one of them does so by an expression', () => {
  const cluster = clusterRecord({ labels: { env: 'prod' } });
  expect(policyOf(cluster, [prod, small])).toEqual({ type: 'ambiguous', names: ['prod', 'small'], errors: [] });
});

test('an expression without an answer selects nothing, and says so', () => {
  expect(policyOf(clusterRecord(), [team])).toMatchObject({
    type: 'none',
    errors: [
      { policy: 'team', reason: { code: 'PolicyError', message: expect.stringContaining('No such key: team') } },
    ],
  });
});

test('an expression without an answer in one policy does not take clusters from another', () => {
  const match = policyOf(clusterRecord({ labels: { env: 'prod' } }), [team, prod]);
  expect(match).toMatchObject({ type: 'one', policy: { metadata: { name: 'prod' } }, errors: [{ policy: 'team' }] });
});

test('an expression is not asked about clusters that the labels leave out', () => {
  const narrow = policyWith({ selector: '{ matchLabels: { team: a }, when: \'cluster.labels.team == "a"\' }' });
  expect(policyOf(clusterRecord(), [narrow])).toEqual({ type: 'none', errors: [] });
});

test('10,000 clusters find their policy and wave among eight with expressions', () => {
  const policy = policyWith({
    waves: `[${Array.from({ length: 8 }, (_, i) => `{ name: w${i}, selector: { when: "cluster.name.endsWith('-${i}') && cluster.nodegroups.all(n, n.status == 'ACTIVE')" } }`).join(', ')}]`,
  });
  const nodegroups = ['a', 'b', 'c'].map((name) => ({ name, status: 'ACTIVE', issues: [] }));
  const clusters = Array.from({ length: 10_000 }, (_, i) => clusterRecord({ name: `c-${i % 8}`, nodegroups }));
  const waves = clusters.map((cluster) => {
    const match = policyOf(cluster, [policy]);
    return match.type === 'one' ? waveOf(match.policy, cluster, 'liftlock/').index : -1;
  });
  expect(waves.slice(0, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test('the policies that select one cluster are named in the order of their names', () => {
  const match = policyOf(clusterRecord({ labels: { env: 'prod' } }), [small, prod]);
  expect(match).toMatchObject({ names: ['prod', 'small'] });
  expect(ambiguousPolicy(['prod', 'small'])).toEqual({
    code: 'AmbiguousPolicy',
    message: 'Several policies select it (prod, small); it is left alone until one does.',
  });
});

describe('of the policies that are applied', () => {
  const applied = (name: string, document: object): AppliedConfig => ({
    kind: 'UpgradePolicy',
    name,
    document: document as Record<string, unknown>,
    revision: 'x',
    appliedBy: 'ann',
    appliedAt: '2026-11-20T12:00:00.000Z',
  });
  const mine = clusterRecord({ labels: { env: 'prod' } });
  async function tableWith(...configs: readonly AppliedConfig[]) {
    const table = new MemoryTable();
    const { spec, ...document } = fleetConfig.document as { spec: object };
    const labels = { fromTags: { env: 'stage' } };
    const fleet = { ...fleetConfig, document: { ...document, spec: { ...spec, labels } } };
    await keep(table, { fleet, policy: undefined, rollout: rolloutItem({ policy: 'team' }) });
    await table.transact(configs.map((config) => put(Configs, config, 'absent')));
    return table;
  }
  const loadHopPolicy = async (table: MemoryTable, rolloutId: string | undefined, cluster = mine) =>
    loadPolicyForUpgrade(table, async () => cluster, rolloutId === 'none' ? undefined : upgrade({ rolloutId }));

  test.each<[string, Record<string, unknown>, object]>([
    [
      'selects it',
      { matchLabels: { env: 'prod' } },
      { type: 'ambiguous', names: ['odd that this version cannot read', 'prod'] },
    ],
    ['does not', { matchLabels: { env: 'dev' } }, { type: 'one', policy: prod }],
    ['cannot be read', { later: true }, { type: 'one', policy: prod }],
    ['has no answer', { when: 'cluster.labels.team == "a"' }, { type: 'one', policy: prod }],
  ])(
    'what another one selects is left alone where one that cannot be read selects it too: its selector %s',
    (_, selector, match) => {
      expect(policyOf(mine, [prod], [applied('odd', { spec: { selector, ofTomorrow: true } })])).toMatchObject(match);
    },
  );

  test('each is there that this version can read', async () => {
    const table = await tableWith(applied('prod', prod), applied('odd', { spec: 'new' }), applied('team', team));
    expect((await loadAllPolicies(table)).map(({ metadata }) => metadata.name)).toEqual(['prod', 'team']);
  });

  test('an upgrade of a rollout goes by that of its rollout, whichever selects its cluster now', async () => {
    const table = await tableWith(applied('prod', prod), applied('team', team));
    expect(await loadHopPolicy(table, 'r')).toEqual({ name: 'team', spec: team.spec, unknown: [] });
  });

  test('nobody knows what an upgrade goes by whose rollout or policy is gone or cannot be read', async () => {
    for (const [table, id] of [
      [await tableWith(applied('prod', prod)), 'r'],
      [await tableWith(applied('prod', prod)), 'gone'],
      [await tableWith(applied('team', { spec: 'new' })), 'r'],
    ] as const)
      expect(await loadHopPolicy(table, id)).toMatchObject({
        spec: undefined,
        unknown: [{ code: 'PolicyNotConfigured' }],
      });
  });

  test('nor what one goes by that a person asked for, where several select its cluster or one may that cannot be read', async () => {
    const both = await tableWith(applied('prod', prod), applied('other', { ...prod, metadata: { name: 'other' } }));
    const stored = clusterRecord({ labels: { env: 'dev' }, tags: { stage: 'prod' } });
    expect((await loadHopPolicy(both, undefined, stored)).unknown.map(({ code }) => code)).toEqual(['AmbiguousPolicy']);
    const odd = await tableWith(applied('odd', { spec: 'new' }));
    expect((await loadHopPolicy(odd, undefined, mine)).unknown.map(({ code }) => code)).toEqual([
      'PolicyNotConfigured',
    ]);
  });

  test('an upgrade that a person asked for goes by the one that selects its cluster, by the labels of the Fleet in force', async () => {
    const table = await tableWith(applied('prod', prod), applied('team', team));
    for (const asked of [undefined, 'none']) {
      const stored = { labels: { env: 'dev' } };
      expect(await loadHopPolicy(table, asked, clusterRecord({ ...stored, tags: { stage: 'prod' } }))).toMatchObject({
        spec: prod.spec,
      });
      expect(await loadHopPolicy(table, asked, mine)).toMatchObject({
        spec: undefined,
        unknown: [{ code: 'PolicyError' }],
      });
    }
  });
});
