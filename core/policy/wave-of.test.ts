import fc from 'fast-check';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { rulingWave, waveNamed, waveOf } from './wave-of.ts';

const policy = policyWith({
  waves: `
    - { name: canary, clusters: [first] }
    - { name: dev, selector: { matchLabels: { env: dev } } }
    - { name: small, selector: { matchLabels: { env: prod }, when: "cluster.labels.tier == 'small'" } }
    - { name: prod, selector: { matchLabels: { env: prod } } }`,
});
const place = (labels: Record<string, string>, tag?: string, name = 'orders') =>
  waveOf(policy, clusterRecord({ name, labels, tags: tag === undefined ? {} : { 'liftlock/wave': tag } }), 'liftlock/');

test.each([
  ['the wave that names it', {}, 'first', 0, 'it names first'],
  ['the first wave whose labels match', { env: 'dev' }, 'orders', 1, 'label env is dev'],
  [
    'the wave whose expression is true',
    { env: 'prod', tier: 'small' },
    'orders',
    2,
    "cluster.labels.tier == 'small' is true",
  ],
  ['the next one where it is false', { env: 'prod', tier: 'big' }, 'orders', 3, 'label env is prod'],
])('a cluster is in %s', (_, labels, name, index, words) => {
  expect(place(labels, undefined, name)).toEqual({
    index,
    reasons: [{ code: 'Wave', message: expect.stringContaining(words) }],
  });
});

test('a cluster that no wave takes is in none, with the reason', () => {
  expect(place({ env: 'test' })).toMatchObject({ index: -1, reasons: [{ code: 'NoWave' }] });
});

test('an expression without an answer keeps a cluster out of the waves behind it too: it might belong before', () => {
  const { index, reasons } = place({ env: 'prod' });
  expect(index).toBe(-1);
  expect(reasons).toEqual([{ code: 'PolicyError', message: expect.stringContaining('the wave small') }]);
  expect(reasons[0]?.message).toContain('spec.waves[2].selector.when');
});

test.each([
  ['an earlier wave than the one without an answer does not take it: it might belong there', 'dev', ['NoWave']],
  ['nor does that wave itself, where a later one may', 'small', ['NoWave']],
  ['a later one too, since nobody goes too soon in it', 'prod', []],
])('of a member of a wave that has begun: %s', (_, wave, codes) => {
  const { wave: ruling, unplaced } = rulingWave(policy, clusterRecord({ labels: { env: 'prod' } }), wave, 'liftlock/');
  expect([ruling?.name, unplaced.map(({ code }) => code)]).toEqual([wave, codes]);
});

test.each([
  ['a tag that names a later wave than those it may be in', 'late', 'dev', ['NoWave']],
  ['a tag that names a wave that is not there', 'odd', 'late', ['BadTag']],
  ['no tag, and nothing later', undefined, 'dev', []],
])('where a wave has no answer for a cluster, so that it may be in an earlier one: %s', (_, tag, wave, codes) => {
  const waves = `
    - { name: gold, selector: { when: "cluster.labels.tier == 'gold'" } }
    - { name: dev, selector: { matchLabels: { env: dev } } }
    - { name: late, selector: { matchLabels: { env: prod } } }`;
  const cluster = clusterRecord({ labels: { env: 'dev' }, tags: tag === undefined ? {} : { 'liftlock/wave': tag } });
  const { unplaced } = rulingWave(policyWith({ waves }), cluster, wave, 'liftlock/');
  expect(unplaced.map(({ code }) => code)).toEqual(codes);
});

test('a wave that is gone gives way to the one that takes the cluster now, where the policy selects it still', () => {
  const env = policyWith({ selector: '{ matchLabels: { team: web } }', waves: '\n    - { name: all }' });
  const ruling = (team: string, wave: string | undefined) => {
    const { wave: found, unplaced } = rulingWave(env, clusterRecord({ labels: { team } }), wave, 'liftlock/');
    return [found?.name, ...unplaced.map(({ code }) => code)];
  };
  expect(ruling('web', 'old')).toEqual(['all']);
  expect(ruling('shop', 'old')).toEqual([undefined, 'NoWave']);
  // A cluster that a rollout has put into an existing wave follows that wave, whatever selects it now.
  expect(ruling('shop', 'all')).toEqual(['all']);
});

test('a tag moves a cluster to a later wave, and both reasons are told', () => {
  const { index, reasons } = place({ env: 'dev' }, 'prod');
  expect(index).toBe(3);
  expect(reasons).toEqual([
    { code: 'Wave', message: expect.stringContaining('dev is the first wave that takes it') },
    { code: 'WaveTag', message: "The cluster's tag liftlock/wave moves it from dev to the later wave prod." },
  ]);
});

test.each([
  ['an earlier wave', 'canary', 'comes before its wave dev'],
  ['a wave that is not there', 'production', 'has canary, dev, small, prod'],
])('a tag with %s holds the cluster', (_, tag, words) => {
  expect(place({ env: 'dev' }, tag)).toEqual({
    index: -1,
    reasons: [{ code: 'BadTag', message: expect.stringContaining(words) }],
  });
});

test('a tag with its own wave changes nothing', () => {
  expect(place({ env: 'dev' }, 'dev')).toEqual(place({ env: 'dev' }));
});

test('whatever a tag says, no cluster goes sooner than its policy lets it', () => {
  const tags = fc.oneof(fc.constantFrom('canary', 'dev', 'small', 'prod', '', ' dev '), fc.string());
  const labels = fc.record({ env: fc.constantFrom('dev', 'prod', 'x'), tier: fc.constantFrom('small', 'big') });
  fc.assert(
    fc.property(labels, fc.constantFrom('first', 'orders'), tags, (own, name, tag) => {
      const { index } = place(own, undefined, name);
      const tagged = place(own, tag, name);
      expect(tagged.index === -1 || tagged.index >= index).toBe(true);
      expect(tagged.reasons.length).toBeGreaterThan(0);
    }),
  );
});

test.each([
  ['first', {}, 'canary is the first wave: it names first.'],
  ['orders', { env: 'dev' }, 'dev is the first wave that takes it: label env is dev.'],
])('why %s with labels %j is where it is, is told', (name, labels, told) => {
  expect(place(labels, undefined, name).reasons[0]?.message).toBe(told);
});

test('a wave that says nothing of clusters takes all that are left', () => {
  const rest = policyWith({ waves: '[{ name: canary, clusters: [first] }, { name: all }]' });
  const { index, reasons } = waveOf(rest, clusterRecord({ name: 'orders' }), 'liftlock/');
  expect(index).toBe(1);
  expect(reasons[0]?.message).toBe('all is the first wave that takes it: it takes all that are left.');
});

test.each([
  [{ env: 'dev' }, 'canary', 'its wave dev; tags only delay. Use small or prod, or remove the tag.'],
  [{ env: 'prod', tier: 'big' }, 'dev', 'its wave prod; tags only delay. Remove the tag.'],
])('a tag that would hurry says what may be written instead: %j %s', (labels, tag, told) => {
  const message = `The cluster's tag liftlock/wave is "${tag}", which comes before ${told}`;
  expect(place(labels, tag).reasons).toEqual([{ code: 'BadTag', message }]);
});

test('an empty tag, and one of a cluster that no wave takes, moves nothing', () => {
  expect(place({ env: 'dev' }, '')).toEqual(place({ env: 'dev' }));
  expect(place({ env: 'test' }, 'prod')).toEqual(place({ env: 'test' }));
});

test('a tag delays a cluster of the first wave too', () => {
  expect(place({}, 'prod', 'first').index).toBe(3);
});

test('a wave is found by its name as long as the policy has it', () => {
  expect(waveNamed(policy, 'dev')).toBe(policy.spec.waves[1]);
  expect(waveNamed(policy, 'gone')).toBeUndefined();
  expect(waveNamed(undefined, 'dev')).toBeUndefined();
});
