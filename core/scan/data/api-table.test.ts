import { builtInGroups } from '../../../test/material/scan/built-in-groups.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import type { ApiRow } from './api-row.ts';
import { apiRows } from './api-rows.ts';
import { apiRow, apiRowsOfResource, replacementAt, statusAt } from './api-table.ts';

const at = (minor: string) => KubeVersion.parse(minor);
const row = (group: string, version: string, kind: string) => apiRow(group, version, kind) as ApiRow;

test('a row is found by group, version and kind, all three exactly', () => {
  expect(apiRow('policy', 'v1beta1', 'PodDisruptionBudget')).toMatchObject({ removed: '1.25' });
  expect(apiRow('', 'v1', 'Endpoints')).toMatchObject({ deprecated: '1.33', removed: null });
  expect(apiRow('policy', 'v1', 'PodDisruptionBudget')).toBeUndefined();
  expect(apiRow('policy', 'v1beta1', 'poddisruptionbudget')).toBeUndefined();
  expect(apiRow('policy.open-cluster-management.io', 'v1beta1', 'PodDisruptionBudget')).toBeUndefined();
});

test('a group version that came back for other kinds is not taken for the one that was removed', () => {
  expect(apiRow('storage.k8s.io', 'v1beta1', 'StorageClass')).toMatchObject({ removed: '1.22' });
  expect(apiRow('storage.k8s.io', 'v1beta1', 'VolumeAttributesClass')).toMatchObject({
    removed: '1.37',
    eksServedFrom: '1.31',
  });
  expect(apiRow('networking.k8s.io', 'v1beta1', 'NetworkPolicy')).toBeUndefined();
});

test('a list finds the row of its items, and a kind that ends in List by itself none', () => {
  expect(apiRow('batch', 'v1beta1', 'CronJobList')?.kind).toBe('CronJob');
  expect(apiRow('batch', 'v1beta1', 'List')).toBeUndefined();
  expect(apiRow('batch', 'v1beta1', 'AllowList')).toBeUndefined();
});

test('all versions of a resource are found by its plural', () => {
  const versions = apiRowsOfResource('flowcontrol.apiserver.k8s.io', 'flowschemas').map(({ version }) => version);
  expect(versions).toEqual(['v1alpha1', 'v1beta1', 'v1beta2', 'v1beta3']);
  expect(apiRowsOfResource('example.com', 'flowschemas')).toEqual([]);
});

test('every row is found by its kind, by the list of its kind and by its resource', () => {
  for (const each of apiRows) {
    expect(apiRow(each.group, each.version, `${each.kind}List`)).toBe(each);
    expect(apiRowsOfResource(each.group, each.resource)).toContain(each);
    expect(builtInGroups).toContain(each.group);
  }
});

test('the replacement depends on the target', () => {
  const schema = row('flowcontrol.apiserver.k8s.io', 'v1beta1', 'FlowSchema');
  expect(replacementAt(schema, at('1.22'))).toBeUndefined();
  expect(replacementAt(schema, at('1.25'))?.version).toBe('v1beta2');
  expect(replacementAt(schema, at('1.26'))?.version).toBe('v1beta3');
  expect(replacementAt(schema, at('1.29'))?.version).toBe('v1');
  expect(replacementAt(schema, at('1.37'))?.version).toBe('v1');
});

test('what ended without a successor has no replacement', () => {
  expect(replacementAt(row('policy', 'v1beta1', 'PodSecurityPolicy'), at('1.25'))).toBeUndefined();
  const older = row('extensions', 'v1beta1', 'PodSecurityPolicy');
  expect(replacementAt(older, at('1.24'))).toMatchObject({ group: 'policy', version: 'v1beta1' });
  expect(replacementAt(older, at('1.25'))).toBeUndefined();
});

test('the status says what the release does with it', () => {
  const budget = row('policy', 'v1beta1', 'PodDisruptionBudget');
  const statuses = ['1.4', '1.5', '1.20', '1.21', '1.24', '1.25', '1.37'].map((minor) => statusAt(budget, at(minor)));
  expect(statuses).toEqual(['not-yet', 'served', 'served', 'deprecated', 'deprecated', 'removed', 'removed']);
});

test('groups of CRDs and aggregated APIs are not built in, however much they look like it', () => {
  for (const group of ['', 'apps', 'policy', 'internal.apiserver.k8s.io']) expect(builtInGroups).toContain(group);
  for (const group of [
    'networking.istio.io',
    'cluster.x-k8s.io',
    'gateway.networking.k8s.io',
    'metrics.k8s.io',
    'core',
  ])
    expect(builtInGroups).not.toContain(group);
});
