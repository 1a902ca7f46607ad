import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import { begin, both, cluster, dev, fleet, later, NOW, wave } from '../../test/material/rollout/replanned-fleet.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { FleetSnapshot } from './snapshot.ts';

type Changes = ReturnType<typeof later>;
const nextOf = (changes: Changes) =>
  changes?.members.flatMap(({ next }) => (next === undefined ? [] : [`${next.name} ${next.from}-${next.to}`]));
const at = (version: string, name: string, stage: string, more: Partial<ClusterRecord> = {}) =>
  cluster(name, stage, { version, ...more });

describe('the first waves have proved their target, and a newer one is for the next rollout', () => {
  const regions = ['eu-central-1', 'eu-west-1', 'us-east-1'];
  /** A fleet whose second Region offers nothing newer than that. */
  const regional = (clusters: readonly ClusterRecord[], second: string) => {
    const snapshot = fleet(clusters, both);
    const [first] = snapshot.regions.values();
    if (first === undefined || snapshot.fleet === undefined) throw new Error('no Region');
    const older = first.versions.filter(({ version }) => version <= second);
    const offers = regions.map((region) => ({ ...first, region, ...(region === 'eu-west-1' && { versions: older }) }));
    return {
      ...snapshot,
      fleet: { ...snapshot.fleet, regions },
      regions: new Map(offers.map((one) => [one.region, one])),
    };
  };
  const here = [at('1.35', 'd', 'dev'), at('1.35', 'p', 'prod')];
  const there = { region: 'eu-west-1' };
  const west = at('1.35', 'w', 'prod', there);

  test('in each Region, where a cluster that joins goes to what the others go to', () => {
    const begun = begin(regional([...here, west], '1.36'), ['Open']);
    const joining = [at('1.35', 'new', 'prod', there), at('1.35', 'us', 'prod', { region: 'us-east-1' })];
    const news = regional([...here, west, ...joining], '1.37');
    expect(nextOf(later(news, begun))).toEqual(['new 1.35-1.36', 'p 1.35-1.37', 'us 1.35-1.37', 'w 1.35-1.36']);
  });

  test('for each cluster, also where the others of its Region go further', () => {
    const pinned = at('1.35', 'p2', 'prod', { tags: { 'liftlock/pin-version': '1.36' } });
    const begun = begin(fleet([...here, pinned], both, ['1.36', '1.37']), ['Open']);
    expect(later(fleet([...here, { ...pinned, tags: {} }], both, ['1.36', '1.37']), begun)?.members ?? []).toEqual([]);
  });

  test('for a cluster that is at it and joins', () => {
    const begun = begin(fleet(here, both, ['1.35', '1.36']), ['Open']);
    expect(later(fleet([...here, at('1.36', 'new', 'prod')], both), begun)).toBeUndefined();
  });

  test('also where no later wave goes that far any more', () => {
    const older = at('1.35', 'p', 'prod', { tags: { 'liftlock/pin-version': '1.36' } });
    const changes = later(fleet([...here.slice(0, 1), older], both), begin(fleet(here, both), ['Open']));
    expect([nextOf(changes), changes?.target]).toEqual([['p 1.35-1.36'], '1.37']);
  });
});

test('while no wave has begun the target is the newest of those that its clusters go to', () => {
  const pinned = at('1.35', 'p', 'prod', { tags: { 'liftlock/pin-version': '1.36' } });
  const before = begin(fleet([at('1.35', 'd', 'prod'), { ...pinned, tags: {} }], both, ['1.36']));
  expect(later(fleet([pinned, at('1.35', 'd', 'prod')], both), before)?.target).toBe('1.37');
});

const behind = [{ name: 'workers', version: '1.35', status: 'ACTIVE', issues: [] }];
const own = [{ name: 'own', version: '1.37', amiType: 'CUSTOM', status: 'ACTIVE', issues: [] }];
const seen = { otherNodes: { seenAt: NOW.toISOString(), groups: [] } };
const table = { '1.37': { 'eu-central-1': 'ami-0123456789abcdef0' } };
const policied = (clusters: readonly ClusterRecord[], more: object = {}, others: object = {}): FleetSnapshot =>
  fleetSnapshot({
    clusters,
    policies: { p: { selector: {}, target: 'latest', waves: both, ...more }, ...others },
    versions: ['1.35', '1.36', '1.37'],
  });
const images = { nodes: { images: [{ nodegroups: ['own'], table }] } };

test.each<[string, FleetSnapshot]>([
  ['no group of its runs an image of its policy', policied([dev, at('1.37', 'p', 'prod', { nodegroups: own })])],
  ['its nodes were seen', policied([dev, at('1.37', 'p', 'prod', { nodegroups: own, ...seen })], images)],
  [
    'another policy selects it as well',
    policied(
      [dev, at('1.37', 'p', 'prod', { nodegroups: behind })],
      {},
      {
        other: { selector: { matchLabels: { stage: 'prod' } }, target: 'latest', waves: both },
      },
    ),
  ],
  [
    'its target is another one by now',
    fleet([at('1.35', 'd', 'dev'), at('1.36', 'p', 'prod', { nodegroups: behind })], both, ['1.35', '1.36']),
  ],
])('a cluster that somebody has brought to a target leaves a wave that has not begun where %s', (_, snapshot) => {
  const before = [...snapshot.clusters.values()].map((one) => ({ ...one, ...prodBefore(one) }));
  const changes = later(snapshot, begin(policied(before)));
  expect(changes?.members.filter(({ before: was }) => was?.name === 'p').map(({ next }) => next)).toEqual([undefined]);
});
const prodBefore = ({ version }: ClusterRecord) => ({ nodegroups: [], version: version === '1.37' ? '1.36' : version });

test.each<[string, object]>([
  ['a newer version has come since', {}],
  ['a pin keeps it there', { tags: { 'liftlock/pin-version': '1.36' } }],
])('a cluster that somebody has brought to the target of its rollout waits for its nodes, also where %s', (_, more) => {
  const [d, p] = [at('1.35', 'd', 'dev'), at('1.35', 'p', 'prod', more)];
  const begun = begin(fleet([d, p], both, ['1.36']), ['Open']);
  expect(later(fleet([d, { ...p, version: '1.36', nodegroups: behind }], both), begun)).toBeUndefined();
  expect(nextOf(later(fleet([d, { ...p, version: '1.36' }], both), begun))).toEqual([]);
});

test('nor where another label has put it into a wave that has begun and asks for more: its nodes would go without those approvals', () => {
  const asking = [{ ...wave('dev'), approval: { before: true, approvals: 2 } }, wave('prod')];
  const [d, p] = [at('1.35', 'd', 'dev'), at('1.35', 'p', 'prod')];
  const begun = begin(fleet([d, p], asking, ['1.36']), ['Open']);
  const moved = { ...at('1.36', 'p', 'dev', { nodegroups: behind }), clusterKey: p.clusterKey };
  expect(later(fleet([d, moved], asking), begun)?.members.map(({ before, next }) => [before?.name, next])).toEqual([
    ['p', undefined],
  ]);
});
