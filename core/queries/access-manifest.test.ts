import { parseAllDocuments } from 'yaml';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { CALLS_WITHOUT_UPDATE } from '../contracts/mutating-calls.ts';
import { LISTS } from '../probes/observe-cluster.ts';
import { accessManifest, RBAC, SCANNERS_RBAC, VIEWERS, VIEWERS_RBAC } from './access-manifest.ts';

const cluster = (partition: string, authenticationMode?: string) =>
  ({
    arn: `arn:${partition}:eks:eu-central-1:111111111111:cluster/web`,
    account: '111111111111',
    region: 'eu-central-1',
    name: 'web',
    authenticationMode,
  }) as ClusterRecord;

test('the RBAC is two documents that give the group reads and nothing else', () => {
  const [role, binding] = parseAllDocuments(VIEWERS_RBAC).map((document) => document.toJS());
  expect([role.kind, binding.kind]).toEqual(['ClusterRole', 'ClusterRoleBinding']);
  expect(binding.roleRef.name).toBe(role.metadata.name);
  expect(binding.subjects).toEqual([{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: VIEWERS }]);
  const verbs = new Set(role.rules.flatMap((rule: { verbs: string[] }) => rule.verbs));
  expect([...verbs].sort()).toEqual(['get', 'list']);
});

test('of custom resources those are among them that say what subnets pods are in, and Secrets are not', () => {
  const [role] = parseAllDocuments(VIEWERS_RBAC).map((document) => document.toJS());
  expect(role.rules).toContainEqual({
    ...{ apiGroups: ['crd.k8s.amazonaws.com'], resources: ['eniconfigs'], verbs: ['list'] },
  });
  const rules: { apiGroups?: string[]; resources?: string[] }[] = role.rules;
  for (const { apiGroups = [], resources = [] } of rules) {
    expect(apiGroups).not.toContain('*');
    if (apiGroups.includes('')) expect(resources).not.toEqual(expect.arrayContaining(['*']));
    expect(resources).not.toContain('secrets');
  }
});

test('what scans read is a role of its own, which only reads too', () => {
  const [role, binding] = parseAllDocuments(SCANNERS_RBAC).map((document) => document.toJS());
  expect(binding.roleRef.name).toBe(role.metadata.name);
  expect(binding.subjects).toEqual([{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: VIEWERS }]);
  const verbs = new Set(role.rules.flatMap((rule: { verbs: string[] }) => rule.verbs));
  expect([...verbs].sort()).toEqual(['get', 'list']);
});

test.each(['API', 'API_AND_CONFIG_MAP'])('%s clusters get an access entry', (mode) => {
  const manifest = accessManifest(cluster('aws', mode), 'LiftlockSpoke');
  expect(manifest.accessEntryCommand).toBe(
    'aws eks create-access-entry --region eu-central-1 --cluster-name web --principal-arn arn:aws:iam::111111111111:role/LiftlockSpoke --type STANDARD --kubernetes-groups liftlock-viewers',
  );
  expect(manifest.accessEntryTemplate).toContain('AWS::EKS::AccessEntry');
  expect(manifest.awsAuthMapRole).toBeNull();
});

test.each(['CONFIG_MAP', undefined])('%s clusters know none, so aws-auth it is', (mode) => {
  const manifest = accessManifest(cluster('aws', mode), 'LiftlockSpoke');
  expect([manifest.accessEntryCommand, manifest.accessEntryTemplate]).toEqual([null, null]);
  const [line] = parseAllDocuments(manifest.awsAuthMapRole ?? '').map((document) => document.toJS());
  expect(line).toEqual([
    { rolearn: 'arn:aws:iam::111111111111:role/LiftlockSpoke', username: 'liftlock', groups: [VIEWERS] },
  ]);
});

test.each(['aws-cn', 'aws-us-gov'])('%s has role ARNs of its own', (partition) => {
  const { principalArn } = accessManifest(cluster(partition, 'API'), 'LiftlockSpoke');
  expect(principalArn).toBe(`arn:${partition}:iam::111111111111:role/LiftlockSpoke`);
});

test('for hooks there is a role of their own, bound in one namespace alone', () => {
  const { principalArn, accessEntryCommand } = accessManifest(cluster('aws', 'API'), 'LiftlockSpoke', 'hooks');
  expect([principalArn, accessEntryCommand]).toEqual([
    'arn:aws:iam::111111111111:role/LiftlockSpoke-hooks',
    expect.stringContaining('--kubernetes-groups liftlock-hooks'),
  ]);
  const [, role, binding] = parseAllDocuments(RBAC.hooks('asked')).map((document) => document.toJS());
  expect([role.kind, binding.kind, role.metadata.namespace, binding.metadata.namespace]).toEqual([
    ...['Role', 'RoleBinding', 'asked', 'asked'],
  ]);
  expect(role.rules).toEqual([
    { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get', 'create', 'delete'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['list'] },
  ]);
});

const OF_HOOKS = ', in the namespace of hooks';

test.each([
  ['operate', ''],
  ['hooks', OF_HOOKS],
] as const)('the role of the tier %s may change what its calls need, and nothing else', (tier, where) => {
  const role = parseAllDocuments(RBAC[tier]('asked'))
    .map((document) => document.toJS())
    .find(({ kind }) => kind === 'ClusterRole' || kind === 'Role');
  const rules: { resources: string[]; verbs: string[] }[] = role.rules;
  const granted = rules.flatMap(({ resources, verbs }) =>
    verbs.flatMap((verb) =>
      verb === 'get' || verb === 'list' ? [] : resources.map((resource) => `${verb} ${resource}${where}`),
    ),
  );
  // The others need an action of IAM.
  const needed = Object.values(CALLS_WITHOUT_UPDATE)
    .map(({ permission }): string => permission)
    .filter((permission) => !permission.includes(':') && permission.endsWith(OF_HOOKS) === (where === OF_HOOKS));
  expect(granted.sort()).toEqual([...new Set(needed)].sort());
});

test('the role of the tier look may list all that a cluster is compared by', () => {
  const [role] = parseAllDocuments(VIEWERS_RBAC);
  const { rules = [] } = (role?.toJS() ?? {}) as {
    rules?: { apiGroups?: string[]; resources?: string[]; verbs: string[] }[];
  };
  for (const path of Object.values(LISTS)) {
    const [, , group = '', , resource = ''] = path.replace('/api/v1', '/apis//v1').split('/');
    const isListed = rules.some(
      ({ apiGroups = [], resources = [], verbs }) =>
        verbs.includes('list') &&
        apiGroups.includes(group) &&
        (resources.includes(resource) || resources.includes('*')),
    );
    expect([path, isListed]).toEqual([path, true]);
  }
});
