import { builtInGroups } from '../../../test/material/scan/built-in-groups.ts';
import { customResource, customResources } from './custom-resources.ts';

test('a custom resource is found by group, version and kind', () => {
  expect(customResource('cert-manager.io', 'v1alpha2', 'Certificate')).toMatchObject({ removedIn: '1.6' });
  expect(customResource('cert-manager.io', 'v1', 'Certificate')).toBeUndefined();
});

test('orders of cert-manager are replaced in their own group', () => {
  expect(customResource('acme.cert-manager.io', 'v1beta1', 'Order')?.replacement).toEqual({
    group: 'acme.cert-manager.io',
    version: 'v1',
    kind: 'Order',
  });
});

test('a row for all kinds of a version counts for each', () => {
  expect(customResource('rbac.istio.io', 'v1alpha1', 'ServiceRole')).toMatchObject({
    component: 'istio',
    removedIn: '1.6',
  });
});

test('groups that end like those of Kubernetes are still not its own', () => {
  const groups = new Set(customResources.map(({ group }) => group));
  expect(groups).toContain('certmanager.k8s.io');
  expect(groups).toContain('snapshot.storage.k8s.io');
  for (const group of groups) expect(builtInGroups.has(group)).toBe(false);
});
