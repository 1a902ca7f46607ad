import type { HookRequest } from '../../core/contracts/hook.ts';
import type { FakeEksState, NodegroupRecord } from '../../simulator/eks/state/fake-eks-state.ts';
import type { WorkloadState } from '../../simulator/kubernetes/kubernetes-state.ts';
import type { World } from '../../simulator/process/world.ts';
import type { SeededChoices } from '../../simulator/simulate/fleet/seeded-choices.ts';

/** Parts of clusters whose versions their owners choose: a node group with an AMI of its own, and software that follows the minor. */

const MINORS = ['1.33', '1.34', '1.35', '1.36', '1.37'];

/** A group of an AMI that its owners build for each minor, of a launch template that Liftlock may add versions to. */
export const ownGroup = (index: number) => ({
  ...{ name: 'own', nodes: 1, amiType: 'CUSTOM', launchTemplate: { id: `lt-0${index}`, version: '1' } },
});

/** How policies name the AMIs of such groups. */
export const OWN_IMAGES = [{ tags: { minor: '{version}' } }];

const imageId = (account: string, region: string, minor: string): string =>
  `ami-0${account.slice(0, 4)}${region.length.toString(16).padStart(3, '0')}${minor.replace('.', '')}`;

/** The owners build the image of a minor. */
export function buildImage(state: FakeEksState, account: string, region: string, minor: string): void {
  const made = { account, region, kubelet: minor, architecture: 'x86_64', tags: { minor } };
  state.images = {
    ...state.images,
    [imageId(account, region, minor)]: { ...made, creationDate: new Date(state.now).toISOString() },
  };
}

/** Some images are there from the beginning, and most launch templates may be changed. */
export function prepareOwnGroups(state: FakeEksState, choices: SeededChoices): void {
  for (const { account, region, nodegroups } of Object.values(state.clusters)) {
    const template = nodegroups.find(({ name }) => name === 'own')?.launchTemplate?.id;
    if (template === undefined) continue;
    for (const minor of MINORS) if (choices.chance(0.7)) buildImage(state, account, region, minor);
    if (choices.chance(0.8)) allowVersions(state, template);
  }
}

function allowVersions(state: FakeEksState, template: string): void {
  state.templateTags = { ...state.templateTags, [template]: { 'liftlock:versions': 'allowed' } };
}

/** Every image is there, every launch template may be changed, and the accounts have what nodes need. */
export function mendOwnGroups(state: FakeEksState): void {
  state.freeAddresses = {};
  state.vcpuQuotas = {};
  for (const { account, region, nodegroups } of Object.values(state.clusters))
    for (const { launchTemplate } of nodegroups) {
      for (const minor of MINORS) buildImage(state, account, region, minor);
      if (launchTemplate?.id !== undefined) allowVersions(state, launchTemplate.id);
    }
}

/** EKS finds a group of nodes ill, of what somebody has to mend. */
export function degrade(group: NodegroupRecord): void {
  group.status = 'DEGRADED';
  group.healthIssues = [{ code: 'AsgInstanceLaunchFailures', message: 'by chance', resourceIds: [group.name] }];
}

const AUTOSCALER = { namespace: 'ops', name: 'autoscaler' };
const imageOf = (version: string): string => `registry.example.com/autoscaling/cluster-autoscaler:v${version}`;

/** The autoscaler of a cluster, at the version that is right for its minor. */
export const autoscaler = (minor: string): WorkloadState => ({
  ...{ ...AUTOSCALER, kind: 'Deployment', replicas: 1, labels: { app: 'autoscaler' }, image: imageOf(`${minor}.0`) },
});

/** What policies say of it; without a hook somebody else moves it. */
export const component = (hook: object | undefined): object => ({
  name: 'autoscaler',
  workload: { kind: 'Deployment', ...AUTOSCALER },
  versions: Object.fromEntries(MINORS.map((minor) => [minor, `${minor}.x`])),
  ...(hook === undefined ? {} : { hook }),
});

/** The receiver of the component's hook moves it. */
export function moveComponent({ eks, clock }: World, { component: asked, cluster, to }: HookRequest): void {
  if (asked === undefined) return;
  const { account, region, name } = cluster;
  const at = clock.now().getTime() + 1;
  const deploy = { do: 'deploy', ...AUTOSCALER, image: imageOf(`${to}.0`), crashes: false } as const;
  eks.addActor({ at, account, region, cluster: name, ...deploy });
}
