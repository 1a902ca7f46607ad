import type { EksMutator, EksReader, Scope } from '../../core/ports/eks.ts';
import type { FakeEks } from '../../simulator/eks/fake-eks.ts';
import { failure } from './failure.ts';

/** An implementation of both ports on a fake EKS, and that fake's world. */
export interface EksUnderTest {
  readonly eks: EksReader & EksMutator;
  readonly fake: FakeEks;
  pass(minutes: number): void;
  close(): Promise<void>;
}

/** The clusters that `create` must put into the world: see `contractWorld`. */
export const scope: Scope = { account: '111111111111', region: 'eu-central-1' };
export const manyClusters = Array.from({ length: 230 }, (_, index) => `web-${String(index).padStart(3, '0')}`);

/** What any EksReader and EksMutator do. */
export function eksContract(name: string, create: () => Promise<EksUnderTest>): void {
  describe(`the EKS contract on ${name}`, () => {
    let under: EksUnderTest;
    let eks: EksReader & EksMutator;
    beforeEach(async () => {
      under = await create();
      eks = under.eks;
    });
    afterEach(() => under.close());
    const upgrade = (version: string, clientRequestToken: string) =>
      eks.updateClusterVersion(scope, { name: 'shop', version, clientRequestToken });

    test('a cluster is described with dates as Date and with what the ports promise', async () => {
      const cluster = await eks.describeCluster(scope, { name: 'shop' });
      expect(cluster).toMatchObject({
        name: 'shop',
        arn: 'arn:aws:eks:eu-central-1:111111111111:cluster/shop',
        version: '1.35',
        status: 'ACTIVE',
        tags: { team: 'retail' },
        endpoint: expect.stringMatching(/^https:/),
        certificateAuthority: { data: expect.any(String) },
      });
      expect(cluster.createdAt).toBeInstanceOf(Date);
      expect(Number.isNaN(cluster.createdAt.getTime())).toBe(false);
    });

    test('lists are complete over many pages', async () => {
      expect([...(await eks.listClusters(scope))].sort()).toEqual([...manyClusters, 'shop'].sort());
      expect(await eks.listNodegroups(scope, { clusterName: 'shop' })).toEqual(['workers']);
      expect([...(await eks.listAddons(scope, { clusterName: 'shop' }))].sort()).toEqual([
        'coredns',
        'kube-proxy',
        'vpc-cni',
      ]);
      expect(await eks.listFargateProfiles(scope, { clusterName: 'shop' })).toEqual([]);
      const versions = await eks.describeClusterVersions(scope);
      expect(versions.map((version) => version.clusterVersion)).toContain('1.36');
      expect(versions[0]?.endOfStandardSupportDate).toBeInstanceOf(Date);
    });

    test('accounts and Regions are apart', async () => {
      expect(await eks.listClusters({ ...scope, region: 'us-east-1' })).toEqual([]);
      expect(await failure(eks.describeCluster({ ...scope, account: '222222222222' }, { name: 'shop' }))).toBe(
        'ResourceNotFoundException',
      );
    });

    test.each<[string, (eks: EksReader) => Promise<unknown>]>([
      ['cluster', (eks) => eks.describeCluster(scope, { name: 'none' })],
      ['node group', (eks) => eks.describeNodegroup(scope, { clusterName: 'shop', nodegroupName: 'none' })],
      ['add-on', (eks) => eks.describeAddon(scope, { clusterName: 'shop', addonName: 'none' })],
      [
        'update',
        (eks) => eks.describeUpdate(scope, { name: 'shop', updateId: '7bd8ef9e-0000-4000-8000-000000000000' }),
      ],
      ['cluster of node groups', (eks) => eks.listNodegroups(scope, { clusterName: 'none' })],
      ['cluster of updates', (eks) => eks.listUpdates(scope, { name: 'none' })],
    ])('an unknown %s is ResourceNotFoundException', async (_, call) => {
      expect(await failure(call(eks))).toBe('ResourceNotFoundException');
    });

    test('node groups, add-ons and the versions of an add-on are described', async () => {
      expect(await eks.describeNodegroup(scope, { clusterName: 'shop', nodegroupName: 'workers' })).toMatchObject({
        nodegroupName: 'workers',
        clusterName: 'shop',
        version: '1.35',
        status: 'ACTIVE',
      });
      const addon = await eks.describeAddon(scope, { clusterName: 'shop', addonName: 'coredns' });
      expect(addon).toMatchObject({ addonName: 'coredns', clusterName: 'shop', status: 'ACTIVE' });
      const [info] = await eks.describeAddonVersions(scope, { addonName: 'coredns', kubernetesVersion: '1.36' });
      expect(info?.addonName).toBe('coredns');
      const clusterVersions = info?.addonVersions.flatMap((one) =>
        one.compatibilities.map((each) => each.clusterVersion),
      );
      expect(clusterVersions?.length).toBeGreaterThan(0);
      expect(new Set(clusterVersions)).toEqual(new Set(['1.36']));
    });

    test('insights are listed by category and described', async () => {
      const insights = await eks.listInsights(scope, { clusterName: 'shop', categories: ['UPGRADE_READINESS'] });
      expect(insights.length).toBeGreaterThan(0);
      const [first] = insights;
      expect(new Set(insights.map((insight) => insight.category))).toEqual(new Set(['UPGRADE_READINESS']));
      expect(['PASSING', 'WARNING', 'ERROR', 'UNKNOWN']).toContain(first?.insightStatus.status);
      const insight = await eks.describeInsight(scope, { clusterName: 'shop', id: first?.id ?? '' });
      expect(insight).toMatchObject({ id: first?.id, name: first?.name });
    });

    test('a refresh of insights starts, is seen, and a second one meanwhile is refused', async () => {
      expect(await eks.startInsightsRefresh(scope, { clusterName: 'shop' })).toMatchObject({ status: 'IN_PROGRESS' });
      const refresh = await eks.describeInsightsRefresh(scope, { clusterName: 'shop' });
      expect(refresh).toMatchObject({ status: 'IN_PROGRESS' });
      expect(refresh.startedAt).toBeInstanceOf(Date);
      expect(await failure(eks.startInsightsRefresh(scope, { clusterName: 'shop' }))).toBe('InvalidRequestException');
      under.pass(60);
      expect(await eks.describeInsightsRefresh(scope, { clusterName: 'shop' })).toMatchObject({ status: 'COMPLETED' });
    });

    test('an upgrade of one minor is taken, runs, and its update tells the target', async () => {
      const started = await upgrade('1.36', 'token-1');
      expect(started).toMatchObject({ status: 'InProgress', type: 'VersionUpdate' });
      expect(started.createdAt).toBeInstanceOf(Date);
      expect(started.params).toContainEqual({ type: 'Version', value: '1.36' });
      expect(await eks.listUpdates(scope, { name: 'shop' })).toContain(started.id);
      under.pass(120);
      const ended = await eks.describeUpdate(scope, { name: 'shop', updateId: started.id });
      expect(ended.status).toBe('Successful');
      expect((await eks.describeCluster(scope, { name: 'shop' })).version).toBe('1.36');
    });

    test('the same token gives the same update, and nothing happens twice', async () => {
      const first = await upgrade('1.36', 'token-1');
      expect((await upgrade('1.36', 'token-1')).id).toBe(first.id);
      expect(await eks.listUpdates(scope, { name: 'shop' })).toEqual([first.id]);
    });

    test.each([
      ['two minors at once', '1.37', 'InvalidParameterException'],
      ['the version it has', '1.35', 'InvalidParameterException'],
    ])('%s is refused by name, and nothing happens', async (_, version, error) => {
      expect(await failure(upgrade(version, 'token-1'))).toBe(error);
      expect(await eks.listUpdates(scope, { name: 'shop' })).toEqual([]);
    });

    test('a second update of the control plane meanwhile is refused', async () => {
      await upgrade('1.36', 'token-1');
      expect(await failure(upgrade('1.36', 'token-2'))).toBe('ResourceInUseException');
    });

    test('node groups and add-ons are updated, each under its own subject', async () => {
      await upgrade('1.36', 'token-1');
      under.pass(120);
      const group = { clusterName: 'shop', nodegroupName: 'workers' };
      const roll = await eks.updateNodegroupVersion(scope, {
        ...group,
        version: '1.36',
        clientRequestToken: 'token-2',
      });
      expect(roll).toMatchObject({ status: 'InProgress', type: 'VersionUpdate' });
      expect(await eks.listUpdates(scope, { name: 'shop', nodegroupName: 'workers' })).toContain(roll.id);
      expect(await eks.listUpdates(scope, { name: 'shop' })).not.toContain(roll.id);
      under.pass(7_200);
      const settings = await eks.updateNodegroupConfig(scope, {
        ...group,
        updateConfig: { maxUnavailable: 2 },
        clientRequestToken: 'token-4',
      });
      expect(settings).toMatchObject({ type: 'ConfigUpdate', params: [{ type: 'MaxUnavailable', value: '2' }] });
      under.pass(300);
      expect(await eks.describeNodegroup(scope, group)).toMatchObject({ updateConfig: { maxUnavailable: 2 } });
      const [info] = await eks.describeAddonVersions(scope, { addonName: 'coredns', kubernetesVersion: '1.36' });
      const current = (await eks.describeAddon(scope, { clusterName: 'shop', addonName: 'coredns' })).addonVersion;
      const addonVersion =
        info?.addonVersions.map((one) => one.addonVersion).find((version) => version !== current) ?? '';
      const update = await eks.updateAddon(scope, {
        clusterName: 'shop',
        addonName: 'coredns',
        addonVersion,
        resolveConflicts: 'PRESERVE',
        clientRequestToken: 'token-3',
      });
      expect(update).toMatchObject({ type: 'AddonUpdate' });
      expect(update.params).toContainEqual({ type: 'AddonVersion', value: addonVersion });
      expect(await eks.listUpdates(scope, { name: 'shop', addonName: 'coredns' })).toEqual([update.id]);
    });

    test('a throttle that does not end has its name, and so has a denial', async () => {
      under.fake.faults.add({ operation: 'ListClusters', times: 50, effect: { kind: 'throttle' } });
      expect(await failure(eks.listClusters(scope))).toBe('ThrottlingException');
      under.fake.state.deniedAccounts.push(scope.account);
      expect(await failure(eks.describeCluster(scope, { name: 'shop' }))).toBe('AccessDeniedException');
    }, 30_000);
  });
}
