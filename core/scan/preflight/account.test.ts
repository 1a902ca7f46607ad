import type { Cluster, Nodegroup } from '../../ports/eks.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import type { Problem } from '../judge/observation.ts';
import { keyUnusable } from './key-unusable.ts';
import { imageGone, launchTemplateGone } from './launched-from.ts';
import type { CapacityFacts, PreflightCheck, PreflightFacts } from './preflight-check.ts';
import { roleGone } from './role-gone.ts';

const KEY = 'arn:aws:kms:eu-central-1:111111111111:key/1';
const group = (more: Partial<Nodegroup> = {}): Nodegroup => ({
  ...{ nodegroupName: 'a', clusterName: 'web', version: '1.36', status: 'ACTIVE', nodeRole: 'role/nodes' },
  ...{ launchTemplate: { id: 'lt-1', name: 'a', version: '3' } },
  ...more,
});
const cluster = { name: 'web', roleArn: 'role/web', encryptionConfig: [{ provider: { keyArn: KEY } }] };

function found(check: PreflightCheck, capacity: CapacityFacts, more: Partial<PreflightFacts> = {}): string[] {
  const facts: PreflightFacts = {
    cluster: cluster as unknown as Cluster,
    ...{ target: KubeVersion.parse('1.37'), isHop: true, hasMoved: false, now: new Date('2026-11-20T12:00:00Z') },
    ...{ nodegroups: [group()], addons: [], versions: [], capacity },
    ...more,
  };
  expect(check.observe({ ...facts, hasMoved: true })).toEqual([]);
  expect(check.observe({ ...facts, capacity: {} })).toEqual([]);
  const problems = check.observe(facts) as Problem[];
  return problems.map(({ severity, subject, message }) => `${severity} ${subject.kind}: ${message}`);
}

const version3 = { template: 'lt-1', version: '3' };

test.each<[string, CapacityFacts, Partial<Nodegroup>, number]>([
  ['is there', { launchTemplates: [version3] }, {}, 0],
  ['is there in another version', { launchTemplates: [{ ...version3, version: '4' }] }, {}, 1],
  ['is another', { launchTemplates: [{ ...version3, template: 'lt-2' }] }, {}, 1],
  ['is named by name and default version', { launchTemplates: [{ template: 'a', version: '$Default' }] }, byName(), 0],
  ['is not named', { launchTemplates: [] }, { launchTemplate: {} }, 0],
])('a launch template that %s', (_, capacity, more, count) => {
  expect(found(launchTemplateGone, capacity, { nodegroups: [group(more)] })).toHaveLength(count);
});

function byName(): Partial<Nodegroup> {
  return { launchTemplate: { name: 'a' } };
}

test('a version of a launch template that is gone is named, with what it means', () => {
  expect(found(launchTemplateGone, { launchTemplates: [] })).toEqual([
    'error Nodegroup: The node group a launches nodes from version 3 of the launch template lt-1, which does not exist any more: no new node of it comes up.',
  ]);
});

const withImage = (images: CapacityFacts['images'], imageId = 'ami-1'): CapacityFacts => ({
  launchTemplates: [{ ...version3, imageId }],
  ...(images !== undefined && { images }),
});
const FROM = 'Nodegroup: The node group a launches nodes from the AMI ami-1, and';
const image = (deprecationTime?: string, state = 'available') => ({
  ...{ imageId: 'ami-1', state },
  ...(deprecationTime !== undefined && { deprecationTime }),
});

test.each<[string, CapacityFacts, string[]]>([
  ['is there', withImage([image()]), []],
  ['will be deprecated', withImage([image('2026-11-20T12:00:01.000Z')]), []],
  [
    'is deprecated',
    withImage([image('2026-11-20T12:00:00.000Z')]),
    [`warning ${FROM} its owner has deprecated it since 2026-11-20T12:00:00.000Z, and may take it away.`],
  ],
  [
    'is gone',
    withImage([{ ...image(), imageId: 'ami-2' }]),
    [`error ${FROM} EC2 has none that this account may launch: no new node of the group comes up.`],
  ],
  [
    'has failed',
    withImage([image('2020-01-01T00:00:00.000Z', 'failed')]),
    [`error ${FROM} EC2 says that it is failed: no new node of the group comes up.`],
  ],
  ['is a parameter', withImage([], 'resolve:ssm:/golden'), []],
  ['is not known, since the template is not', { images: [] }, []],
  ['is chosen by EKS', { images: [], launchTemplates: [version3] }, []],
])('an AMI that %s', (_, capacity, told) => {
  expect(found(imageGone, capacity)).toEqual(told);
});

test('roles that are gone are named with who has them', () => {
  expect(found(roleGone, { roles: ['role/web', 'role/nodes'] })).toEqual([]);
  expect(found(roleGone, { roles: [] })).toEqual([
    'error Cluster: The cluster has the role role/web, which does not exist any more: an upgrade of the control plane needs it.',
    'error Nodegroup: The node group a has the role role/nodes, which does not exist any more: every new node needs it.',
  ]);
  const unnamed = { cluster: { name: 'web' } as Cluster, nodegroups: [] };
  expect(found(roleGone, { roles: [] }, unnamed)).toEqual([]);
});

const fixOf = (capacity: CapacityFacts) => {
  const facts = { cluster, capacity, hasMoved: false } as unknown as PreflightFacts;
  return keyUnusable.observe(facts).map((one) => (one as Problem).fix);
};
const keys = (keyState: string): CapacityFacts => ({ keys: [{ keyId: KEY, keyState }] });

test.each([
  ['Enabled', []],
  ['Updating', []],
  ['Disabled', [`aws kms enable-key --key-id ${KEY}`]],
  ['PendingDeletion', [`aws kms cancel-key-deletion --key-id ${KEY}, then aws kms enable-key --key-id ${KEY}`]],
  ['Unavailable', [`aws kms enable-key --key-id ${KEY}`]],
])('a key that is %s', (state, fixes) => {
  expect(fixOf(keys(state))).toEqual(fixes);
  expect(found(keyUnusable, keys(state))).toEqual(
    fixes.map(
      () =>
        `error Cluster: The secrets of the cluster are encrypted with the key ${KEY}, which is ${state}: no API server can read them without it.`,
    ),
  );
});

test('a key that is gone cannot be brought back; a cluster without one needs none', () => {
  expect(found(keyUnusable, { keys: [] })).toEqual([expect.stringContaining('does not exist any more')]);
  expect(fixOf({ keys: [] })).toEqual([expect.stringContaining('create another cluster')]);
  expect(found(keyUnusable, { keys: [] }, { cluster: { name: 'web' } as Cluster })).toEqual([]);
});
