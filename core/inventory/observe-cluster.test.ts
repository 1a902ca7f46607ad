import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import type { ClusterRecord, OtherNodeGroup } from '../contracts/items/cluster.ts';
import type { EksReader, Nodegroup } from '../ports/eks.ts';
import { observeCluster } from './observe-cluster.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const scope = { account: '111111111111', region: 'eu-central-1' };
const managed = (name: string, version: string): OtherNodeGroup => ({ kind: 'managed', name, version, count: 2 });
const spot: OtherNodeGroup = { kind: 'karpenter', name: 'ml', version: '1.35', count: 1 };
const seenAt = '2026-11-20T10:00:00.000Z';

/** The kept state of nodes that were read at ten, when EKS now returns the group `ml` that had the release `ami-old`. */
async function kept(
  ml: Partial<Nodegroup> | undefined,
  seen: readonly OtherNodeGroup[],
  isDeep = true,
  status = 'ACTIVE',
  conditions: ClusterRecord['conditions'] = [],
) {
  const group = {
    name: 'ml',
    version: '1.36',
    releaseVersion: 'ami-old',
    status,
    amiType: 'CUSTOM',
    issues: [],
  };
  const known = clusterRecord({
    name: 'web',
    version: '1.37',
    nodegroups: [group],
    conditions,
    otherNodes: { seenAt, groups: [...seen] },
  });
  const eks: Partial<EksReader> = {
    listNodegroups: async () => (ml === undefined ? [] : ['ml']),
    describeNodegroup: async (_, names) => ({ ...names, version: '1.36', status: 'ACTIVE', amiType: 'CUSTOM', ...ml }),
    listFargateProfiles: async () => [],
    listAddons: async () => [],
    listInsights: async () => [],
  };
  const { name, arn, version } = known;
  const cluster = { name, arn, version, status: 'ACTIVE', createdAt: new Date(known.createdAt) };
  const details = { depth: isDeep ? ('deep' as const) : ('shallow' as const), fleet: undefined, now: NOW };
  return (await observeCluster(eks as EksReader, scope, cluster, known, details)).otherNodes?.groups;
}

const [before, after] = [new Date('2026-11-20T09:59:59Z'), new Date('2026-11-20T10:00:01Z')];
test.each<[string, Partial<Nodegroup> | undefined, boolean]>([
  ['has the release that it had', { releaseVersion: 'ami-old', modifiedAt: after }, true],
  ['was moved before they were read', { releaseVersion: 'ami-new', modifiedAt: before }, true],
  ['was moved since', { releaseVersion: 'ami-new', modifiedAt: after }, false],
  ['was moved nobody knows when', { releaseVersion: 'ami-new' }, false],
  ['is gone', undefined, false],
])('nodes of a group that %s: whether they are there', async (_, ml, isThere) => {
  const seen = [managed('ml', '1.36'), managed('ml', '1.37'), spot];
  expect(await kept(ml, seen)).toEqual(isThere ? seen : [spot]);
});

test('where EKS is not asked about groups, what was read of them stays', async () => {
  expect(await kept({ releaseVersion: 'ami-new', modifiedAt: after }, [managed('ml', '1.36')], false)).toHaveLength(1);
});

test.each(['UPDATING', 'CREATING', 'DELETING'])(
  'a group that was seen %s is looked at with the cluster, so that its end is seen within the hour',
  async (status) => {
    expect(await kept(undefined, [managed('ml', '1.36'), spot], false, status)).toEqual([spot]);
  },
);

test('a cluster that could not be read is read as a whole once it can be', async () => {
  const denied = {
    type: 'Reachable',
    status: 'False' as const,
    reason: 'Denied',
    message: 'x',
    lastTransitionTime: seenAt,
  };
  expect(await kept(undefined, [managed('ml', '1.36'), spot], false, 'ACTIVE', [denied])).toEqual([spot]);
});

describe('of newer add-ons', () => {
  const rows = (...versions: string[]) =>
    versions.map((addonVersion, index) => ({
      addonVersion,
      compatibilities: [{ clusterVersion: '1.37', defaultVersion: index === versions.length - 1 }],
    }));
  /** The kept state of an add-on at v1.0.0 when these are listed, the last one as the default. */
  const kept = async (listed: string[], before?: ClusterRecord['addons'][number]['newer'], patches = true) => {
    const own = { name: 'dns', version: 'v1.0.0', status: 'ACTIVE', issues: [], compatible: true };
    const known = clusterRecord({ version: '1.37', addons: [{ ...own, ...(before && { newer: before }) }] });
    const eks: Partial<EksReader> = {
      listNodegroups: async () => [],
      listFargateProfiles: async () => [],
      listAddons: async () => ['dns'],
      describeAddon: async (_, names) => ({ ...names, addonVersion: 'v1.0.0', status: 'ACTIVE' }),
      describeAddonVersions: async (_, { addonName }) => [{ addonName, addonVersions: rows(...listed) }],
      listInsights: async () => [],
    };
    const { name, arn, version } = known;
    const cluster = { name, arn, version, status: 'ACTIVE', createdAt: new Date(known.createdAt) };
    const details = { depth: 'deep' as const, fleet: undefined, patchesAddons: async () => patches, now: NOW };
    return (await observeCluster(eks as EksReader, scope, cluster, known, details)).addons[0]?.newer;
  };
  const v2 = { version: 'v2.0.0', seenOn: '2026-11-01' };

  test('the day on which each was first the default is kept', async () => {
    expect(await kept(['v1.0.0', 'v2.0.0'])).toEqual([{ ...v2, seenOn: '2026-11-20' }]);
    expect(await kept(['v1.0.0', 'v2.0.0'], [v2])).toEqual([v2]);
    expect(await kept(['v1.0.0', 'v2.0.0', 'v3.0.0'], [v2])).toEqual([v2, { version: 'v3.0.0', seenOn: '2026-11-20' }]);
    expect(await kept(['v1.0.0'])).toEqual([]);
  });

  test('what EKS lists no more, or has made the default no more, is forgotten', async () => {
    expect(await kept(['v1.0.0', 'v3.0.0'], [v2])).toEqual([{ version: 'v3.0.0', seenOn: '2026-11-20' }]);
    expect(await kept(['v1.0.0', 'v2.0.0'], [v2, { version: 'v3.0.0', seenOn: '2026-11-10' }])).toEqual([v2]);
    expect(await kept(['v2.0.0', 'v1.0.0'], [v2])).toEqual([]);
  });

  test('the first of many stays, since it tells how long the add-on is behind', async () => {
    const day = (version: string) => ({ version, seenOn: `2026-11-0${version[1]}` });
    const before = ['v2.0.0', 'v3.0.0', 'v4.0.0', 'v5.0.0'].map(day);
    const all = ['v1.0.0', ...before.map(({ version }) => version), 'v6.0.0'];
    const [first, _, ...others] = before;
    expect(await kept(all, before)).toEqual([first, ...others, { version: 'v6.0.0', seenOn: '2026-11-20' }]);
  });

  test('nobody asks where no policy does', async () => {
    expect(await kept(['v1.0.0', 'v2.0.0'], [v2], false)).toBeUndefined();
  });
});

describe('when the parts of a cluster have changed', () => {
  const workers = { nodegroupName: 'workers', status: 'ACTIVE', version: '1.36', releaseVersion: '1.36.1-1' };
  const dns = { addonName: 'dns', addonVersion: 'v1.0.0', status: 'ACTIVE' };
  const reader = (group: object, addon: object = dns, profiles: readonly string[] = []): EksReader =>
    ({
      listNodegroups: async () => ['workers'],
      describeNodegroup: async () => ({ ...workers, ...group }),
      listFargateProfiles: async () => profiles,
      listAddons: async () => ['dns'],
      describeAddon: async () => ({ ...dns, ...addon }),
      describeAddonVersions: async () => [],
      listInsights: async () => [],
    }) as unknown as EksReader;
  const look = (eks: EksReader, known: ClusterRecord | undefined, now = NOW) => {
    const { name, arn, createdAt } = clusterRecord({});
    const cluster = { name, arn, version: '1.36', status: 'ACTIVE', createdAt: new Date(createdAt) };
    const details = { depth: 'deep' as const, fleet: undefined, patchesAddons: async () => false, now };
    return observeCluster(eks, scope, cluster, known, details);
  };
  const LATER = new Date(NOW.getTime() + 3_600_000);

  test.each<[string, EksReader, boolean]>([
    ['another image', reader({ releaseVersion: '1.36.2-1' }), true],
    ['another add-on', reader({}, { addonVersion: 'v2.0.0' }), true],
    ['another Fargate profile', reader({}, {}, ['batch']), true],
    ['other update settings', reader({ updateConfig: { maxUnavailable: 3 } }), true],
    ['another size', reader({ scalingConfig: { desiredSize: 9 } }), false],
    ['another health', reader({ status: 'DEGRADED' }, { status: 'DEGRADED' }), false],
  ])('%s', async (_, eks, isChange) => {
    const first = await look(reader({}), undefined);
    expect(first.partsChangedAt).toBeUndefined();
    const second = await look(eks, first, LATER);
    expect(second.partsChangedAt).toBe(isChange ? LATER.toISOString() : undefined);
    const third = await look(eks, second, new Date(LATER.getTime() + 3_600_000));
    expect(third.partsChangedAt).toBe(second.partsChangedAt);
  });
});
