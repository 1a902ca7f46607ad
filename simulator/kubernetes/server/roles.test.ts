import {
  principal,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/material/kubernetes/server-under-test.ts';
import type { PolicyRule } from '../permissions.ts';
import type { StoredObject } from '../resources/stored-object.ts';

let under: ServerUnderTest;
beforeEach(async () => {
  under = await startServerUnderTest();
  under.cluster.kubernetes.access.authentication = 'access-entries';
  const role = 'arn:aws:iam::111111111111:role/LiftlockSpoke';
  under.cluster.accessEntries = [
    { principalArn: role, type: 'STANDARD', createdAt: 0, kubernetesGroups: ['scanners'], policies: [] },
  ];
});
afterEach(() => under.close());

const apiVersion = 'rbac.authorization.k8s.io/v1';
const scanners = { kind: 'Group', name: 'scanners' };

const role = (kind: 'ClusterRole' | 'Role', rules: readonly PolicyRule[], namespace?: string): StoredObject => ({
  apiVersion,
  kind,
  metadata: { name: 'scan', ...(namespace === undefined ? {} : { namespace }) },
  rules,
});

const binding = (subject: object, roleRef: { kind: string; name: string }, namespace?: string): StoredObject => ({
  apiVersion,
  kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
  metadata: { name: 'scan', ...(namespace === undefined ? {} : { namespace }) },
  subjects: [subject],
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', ...roleRef },
});

const clusterRole = { kind: 'ClusterRole', name: 'scan' };
const status = async (path: string) => (await under.ask('GET', path)).status;

const rules: readonly PolicyRule[] = [
  { verbs: ['list'], apiGroups: ['apps'], resources: ['deployments', 'daemonsets'] },
  { verbs: ['list'], apiGroups: ['policy'], resources: ['poddisruptionbudgets'] },
  { verbs: ['get', 'list'], apiGroups: [''], resources: ['secrets'] },
  { verbs: ['get'], apiGroups: [''], resources: ['configmaps'], resourceNames: ['kube-proxy'] },
  { verbs: ['get'], nonResourceURLs: ['/metrics'] },
];
const allowedBy: Readonly<Record<string, number>> = {
  '/apis/apps/v1/deployments': 0,
  '/apis/apps/v1/namespaces/shop/daemonsets': 0,
  '/apis/policy/v1/poddisruptionbudgets': 1,
  '/api/v1/secrets': 2,
  '/metrics': 4,
};

test('a group that nothing binds reads everything', async () => {
  for (const path of [...Object.keys(allowedBy), '/api/v1/nodes'])
    expect([path, await status(path)]).toEqual([path, 200]);
});

test.each(rules.map((_, index) => index))(
  'exactly the rules of a bound ClusterRole count, without rule %d',
  async (removed) => {
    const left = rules.filter((_, index) => index !== removed);
    under.cluster.kubernetes.objects = [role('ClusterRole', left), binding(scanners, clusterRole)];
    for (const [path, index] of Object.entries(allowedBy))
      expect([path, await status(path)]).toEqual([path, index === removed ? 403 : 200]);
    for (const path of ['/api/v1/nodes', '/apis/apps/v1/statefulsets', '/apis/apps/v1/namespaces/shop/deployments/api'])
      expect([path, await status(path)]).toEqual([path, 403]);
    expect(await status('/apis')).toBe(200);
  },
);

test('names of a rule are the only ones it gives', async () => {
  under.cluster.kubernetes.objects = [role('ClusterRole', rules), binding(scanners, clusterRole)];
  expect(await status('/api/v1/namespaces/kube-system/configmaps/kube-proxy')).toBe(404);
  expect(await status('/api/v1/namespaces/kube-system/configmaps/coredns')).toBe(403);
  expect(await status('/api/v1/configmaps')).toBe(403);
});

test.each(['ClusterRole', 'Role'] as const)('a RoleBinding to a %s counts in its namespace', async (kind) => {
  const [read] = rules;
  under.cluster.kubernetes.objects = [
    role(kind, read === undefined ? [] : [read], kind === 'Role' ? 'shop' : undefined),
    binding(scanners, { kind, name: 'scan' }, 'shop'),
  ];
  expect(await status('/apis/apps/v1/namespaces/shop/deployments')).toBe(200);
  expect(await status('/apis/apps/v1/namespaces/kube-system/deployments')).toBe(403);
  expect(await status('/apis/apps/v1/deployments')).toBe(403);
});

test('a user is named by the ARN of its session', async () => {
  const nobody = binding(scanners, { kind: 'ClusterRole', name: 'gone' });
  under.cluster.kubernetes.objects = [nobody];
  expect(await status('/api/v1/pods')).toBe(403);
  const user = { ...binding({ kind: 'User', name: principal }, { kind: 'ClusterRole', name: 'view' }) };
  under.cluster.kubernetes.objects = [nobody, user];
  expect(await status('/api/v1/pods')).toBe(200);
  expect(await status('/api/v1/secrets')).toBe(403);
});
