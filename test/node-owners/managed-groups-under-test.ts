import type { UpdateConfigEntry } from '../../core/contracts/items/protocol.ts';
import { settingsOf } from '../../core/model/update-settings.ts';
import { managedGroups } from '../../core/nodes/managed-groups/managed-group.ts';
import { requestFor, uidOf } from '../../core/nodes/managed-groups/update-config.ts';
import type { NodeOwner, OwnerTypes } from '../../core/nodes/node-owner.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { createInMemoryEks } from '../../simulator/eks/in-memory-ports.ts';
import { createInMemoryAccount, createInMemoryEc2, createInMemoryTemplates } from '../../simulator/eks/network.ts';
import { testCaller, testDay, testWorld } from '../material/eks/world.ts';
import type { NodeOwnerUnderTest, Situation, UnitWorld } from './owner-under-test.ts';

type TypesOf<Owner> = Owner extends NodeOwner<infer T extends OwnerTypes> ? T : never;
export type GroupTypes = TypesOf<typeof managedGroups>;

const SCOPE = { account: '111111111111', region: 'eu-central-1' };
const NAMED = { clusterName: 'web', nodegroupName: 'a' };
const TEMPLATE = 'lt-1';
const SETTINGS = {
  'new nodes first, 2 at once': { maxUnavailable: 2 },
  'old nodes first, 2 at once': { maxUnavailable: 2, updateStrategy: 'MINIMAL' as const },
  'a quarter at once': { maxUnavailablePercentage: 25 },
};

/** AMIs of the minors that somebody has built: `ami-…37` for 1.37. */
const imageIdOf = (minor: string): string => `ami-${minor.replace('.', '').padStart(17, '0')}`;

export const groupsOfEks: NodeOwnerUnderTest<GroupTypes> = {
  name: 'a managed group whose image EKS chooses',
  owner: managedGroups,
  begin: (situation) => begin(situation, false),
};

export const groupsWithOwnImage: NodeOwnerUnderTest<GroupTypes> = {
  name: 'a managed group with an AMI of its own',
  owner: managedGroups,
  begin: (situation) => begin(situation, true),
};

function begin(situation: Situation, isCustom: boolean): UnitWorld<GroupTypes> {
  const { controlPlane, nodesAt, nodes = 4, zones = 2, broken, state: stands, noImageOf, set } = situation;
  const minors = ['1.31', '1.32', '1.33', '1.34', '1.35', '1.36', '1.37', '1.38'].filter(
    (minor) => minor !== noImageOf,
  );
  const own = isCustom ? { amiType: 'CUSTOM', launchTemplate: { id: TEMPLATE, version: '1' } } : {};
  const old = !isCustom && noImageOf !== undefined ? { amiType: 'AL2_x86_64' } : {};
  const world = testWorld((state) => {
    state.images = Object.fromEntries(
      minors.map((minor) => [
        imageIdOf(minor),
        { ...SCOPE, kubelet: minor, architecture: 'x86_64', creationDate: '2026-11-01T00:00:00.000Z', tags: {} },
      ]),
    );
    state.templateTags = { [TEMPLATE]: { 'liftlock:versions': 'allowed' } };
    if (isCustom) {
      state.templateVersions = { [`${TEMPLATE}:1`]: { imageId: imageIdOf(nodesAt), description: '', clientToken: '' } };
      state.launchTemplateKubelets = { [`${TEMPLATE}:1`]: `v${nodesAt}.1-eks-1a2b3c4` };
    }
    addCluster(state, {
      ...{ name: 'web', version: controlPlane, upgradedAt: new Date(testDay.getTime() - 2 * 86_400_000) },
      nodegroups: [
        { name: 'a', version: nodesAt, nodes, zones, ...own, ...old, ...(set && { updateConfig: SETTINGS[set] }) },
        { name: 'b', version: nodesAt, nodes: 1 },
      ],
    });
  });
  const clusterOf = () => Object.values(world.state.clusters)[0];
  const groupOf = () => clusterOf()?.nodegroups.find(({ name }) => name === 'a');
  const nodesOf = () => (clusterOf()?.kubernetes.nodes ?? []).filter(({ nodegroupName }) => nodegroupName === 'a');
  const group = groupOf();
  if (group !== undefined) {
    if (isCustom) group.releaseVersion = imageIdOf(nodesAt);
    if (stands !== undefined)
      group.status = (
        { 'being created': 'CREATING', 'being deleted': 'DELETING', 'never made': 'CREATE_FAILED' } as const
      )[stands];
    if (broken !== undefined) {
      for (const node of nodesOf().slice(0, nodes / 2)) node.kubeletVersion = `v${broken.half}.1-eks-1a2b3c4`;
      Object.assign(group, { status: 'DEGRADED' });
    }
  }
  const now = () => world.now();
  const eks = createInMemoryEks(world.fake, { clock: { now }, principal: testCaller.principal });
  const templates = createInMemoryTemplates(world.state);
  const ports = {
    eks,
    ec2: createInMemoryEc2(world.state),
    account: createInMemoryAccount(world.state),
    clock: { now },
  };
  let tokens = 0;
  const token = () => `token-${++tokens}`;
  const settle = (look: (ready: number) => void) => {
    const isBusy = () => clusterOf()?.updates.some(({ status }) => status === 'InProgress') === true;
    for (let minutes = 0; isBusy() && minutes < 20_000; minutes += 1) {
      world.pass(1);
      look(nodesOf().filter(({ readyAt }) => readyAt <= now().getTime()).length);
    }
  };
  const observe = (name: string, minor: string, atOnce?: number) => {
    const table = Object.fromEntries(minors.map((one) => [one, { [SCOPE.region]: imageIdOf(one) }]));
    const images = isCustom ? [{ nodegroups: ['a'], owners: ['self'], table }] : [];
    const nodesSpec = { images, ...(atOnce === undefined ? {} : { updateConfig: { maxUnavailable: atOnce } }) };
    const context = { scope: SCOPE, cluster: { name: 'web', version: controlPlane }, target: KubeVersion.parse(minor) };
    return managedGroups.observe(ports, context, name, { nodes: nodesSpec });
  };
  return {
    observe: (minor, atOnce) => observe('a', minor, atOnce),
    observeOther: (name) => observe(name, controlPlane),
    async send(call, look = () => {}) {
      if (call.name === 'CreateLaunchTemplateVersion') await templates.createVersion(SCOPE, call.input, token());
      else await eks.updateNodegroupVersion(SCOPE, { ...call.input, clientRequestToken: token() });
      settle(look);
    },
    changedByOthers() {
      const updateConfig = { maxUnavailable: 3 };
      world.call('UpdateNodegroupConfig', { ...NAMED, updateConfig, clientRequestToken: token() });
      while (groupOf()?.status !== 'UPDATING') world.pass(0.1);
    },
    async set({ settings }) {
      const before = await eks.describeNodegroup(SCOPE, NAMED);
      const former = settingsOf(before);
      await eks.updateNodegroupConfig(SCOPE, {
        ...{ ...NAMED, updateConfig: requestFor(former, settings), clientRequestToken: token() },
      });
      settle(() => {});
      const entry: UpdateConfigEntry = {
        ...{ clusterKey: 'web', effect: 'updateConfig', subject: 'a', uid: uidOf(before), upgradeId: 'one' },
        ...{ former, ours: settings, recordedAt: now().toISOString() },
      };
      return entry;
    },
    async undo(undo) {
      await eks.updateNodegroupConfig(SCOPE, { ...undo, clientRequestToken: token() });
      settle(() => {});
    },
    async setByOthers() {
      await eks.updateNodegroupConfig(SCOPE, {
        ...{ ...NAMED, updateConfig: { maxUnavailable: 4 }, clientRequestToken: token() },
      });
      settle(() => {});
    },
    kubelets: () => nodesOf().map(({ kubeletVersion }) => KubeVersion.parse(kubeletVersion).toString()),
    state: () => ({ ...structuredClone(groupOf()), modifiedAt: 0 }),
  };
}
