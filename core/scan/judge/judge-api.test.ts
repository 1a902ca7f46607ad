import { findingAt, judged, observed } from '../../../test/material/scan/observed.ts';
import type { ApiUse } from './observation.ts';

const use = (apiVersion: string, kind: string, more: Partial<ApiUse> = {}): ApiUse => {
  return { type: 'api', ...observed, ...more, subject: { ...observed.subject, apiVersion, kind } };
};
const flow = 'flowcontrol.apiserver.k8s.io/v1beta3';
const manifest = { source: 'manifest' } as const;

test.each<[string, string, Partial<ApiUse>, string, string]>([
  ['policy/v1beta1', 'PodDisruptionBudget', {}, '1.25', 'error removed'],
  ['policy/v1beta1', 'PodDisruptionBudget', {}, '1.24', 'warning deprecated'],
  ['policy/v1beta1', 'PodDisruptionBudget', {}, '1.20', 'nothing'],
  ['policy/v1', 'PodDisruptionBudget', {}, '1.36', 'nothing'],
  ['policy/v1beta1', 'PodDisruptionBudget', { stale: true }, '1.25', 'info stale-trace'],
  ['policy/v1beta1', 'PodDisruptionBudget', { stale: true }, '1.24', 'info stale-trace'],
  [flow, 'FlowSchema', {}, '1.32', 'error removed'],
  [flow, 'FlowSchema', { source: 'telemetry', served: true }, '1.32', 'error removed'],
  [flow, 'FlowSchema', { source: 'helm' }, '1.31', 'warning deprecated'],
  ['v1', 'Endpoints', {}, '1.33', 'warning deprecated'],
  ['v1', 'Endpoints', {}, '1.32', 'nothing'],
  // Every cluster has what EKS turns on. A version that is off by default is there only when this cluster serves it.
  ['resource.k8s.io/v1beta1', 'DeviceClass', {}, '1.38', 'error removed'],
  ['resource.k8s.io/v1alpha3', 'DeviceClass', {}, '1.36', 'info removed'],
  ['resource.k8s.io/v1alpha3', 'DeviceClass', { served: true }, '1.36', 'error removed'],
  ['resource.k8s.io/v1alpha3', 'DeviceClass', manifest, '1.36', 'error removed'],
  ['resource.k8s.io/v1alpha3', 'DeviceClass', manifest, '1.32', 'info never-served'],
  ['resource.k8s.io/v1alpha3', 'DeviceClass', {}, '1.32', 'nothing'],
  // Groups and versions are reused, kinds are not.
  ['networking.k8s.io/v1beta1', 'Ingress', {}, '1.33', 'error removed'],
  ['acme.cert-manager.io/v1alpha2', 'Challenge', {}, '1.36', 'warning deprecated'],
  ['acme.cert-manager.io/v1alpha2', 'Challenge', { stale: true }, '1.36', 'info stale-trace'],
  ['example.com/v1', 'Widget', {}, '1.36', 'nothing'],
])('%s %s %j at %s: %s', (apiVersion, kind, more, target, expected) => {
  expect(judged(use(apiVersion, kind, more), target)).toBe(expected);
});

test.each([
  ['1.26', 'flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema'],
  ['1.29', 'flowcontrol.apiserver.k8s.io/v1 FlowSchema'],
])('the replacement is one that %s serves', (target, replacement) => {
  const finding = findingAt(use('flowcontrol.apiserver.k8s.io/v1beta1', 'FlowSchema'), target);
  expect(finding).toMatchObject({ replacement, removedIn: '1.26', fix: expect.stringContaining('Set apiVersion') });
});

test('what has no replacement says so', () => {
  const finding = findingAt(use('policy/v1beta1', 'PodSecurityPolicy'), '1.25');
  expect(finding).toMatchObject({
    severity: 'error',
    replacement: null,
    fix: expect.stringContaining('no replacement'),
  });
});

test('a source may say what breaks, and what to do', () => {
  const more = { consequence: 'the next helm upgrade fails', fix: 'Update the chart.' };
  const finding = findingAt(use('policy/v1beta1', 'PodDisruptionBudget', more), '1.25');
  expect(finding?.message).toMatch(/: the next helm upgrade fails\.$/);
  expect(finding?.fix).toBe('Update the chart.');
});
