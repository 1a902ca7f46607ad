import { rulesHit } from '../../../test/material/scan/rules-hit.ts';

const rbac = 'rbac.authorization.k8s.io/v1';
const group = (name: string) => ({ kind: 'Group', name });
const builtIn = { name: 'x', labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } };
const roleRef = (name: string, kind = 'ClusterRole') => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });
const publicInfo = 'system:public-info-viewer';

test.each<[string, object, string[]]>([
  ['everybody', { metadata: { name: 'x' }, subjects: [group('system:unauthenticated')] }, ['anonymous-binding']],
  [
    'nobody in particular',
    { metadata: { name: 'x' }, subjects: [{ kind: 'User', name: 'system:anonymous' }] },
    ['anonymous-binding'],
  ],
  ['those who are known', { metadata: { name: 'x' }, subjects: [group('system:authenticated')] }, []],
  ['everybody, by Kubernetes itself', { metadata: builtIn, subjects: [group('system:unauthenticated')] }, []],
  [
    'the version, by an installer',
    { metadata: { name: publicInfo }, roleRef: roleRef(publicInfo), subjects: [group('system:unauthenticated')] },
    [],
  ],
  [
    'more under the same name',
    { metadata: { name: publicInfo }, roleRef: roleRef('cluster-admin'), subjects: [group('system:unauthenticated')] },
    ['anonymous-binding'],
  ],
  ['nobody', { metadata: { name: 'x' } }, []],
])('a binding that is for %s', (_name, value, expected) => {
  expect(rulesHit(rbac, 'ClusterRoleBinding', value as Record<string, unknown>)).toEqual(expected);
});
