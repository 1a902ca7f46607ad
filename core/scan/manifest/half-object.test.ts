import { halfObject } from './scan-text.ts';

test.each<[string, unknown]>([
  ['an object', { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget' }],
  ['a custom resource', { apiVersion: 'sources.example.com/v2024-01-alpha', kind: 'X' }],
  ['a Chart.yaml', { apiVersion: 'v2', name: 'web', version: '1.0.0' }],
  ['values', { image: { tag: 'v1' } }],
  ['a pipeline of others', { kind: 'pipeline', name: 'x' }],
  ['text', 'Error: x'],
])('%s is none', (_, value) => {
  expect(halfObject(value)).toBeUndefined();
});

test.each<[string, unknown]>([
  ['a stream that was cut off', { apiVersion: 'policy/v1be' }],
  ['a key in the wrong case', { apiVersion: 'v1', Kind: 'Pod', metadata: {} }],
  ['an apiVersion that is a list', { apiVersion: ['v1'], kind: 'Pod' }],
  ['an apiVersion that is a number', { apiVersion: 1, kind: 'Pod', metadata: {} }],
  ['a kind that is a template', { apiVersion: 'v1', kind: { '[object Object]': null } }],
  ['no apiVersion', { kind: 'Pod', metadata: { name: 'x' } }],
  ...['$APIV', 'policy/%%V%%', '<< .v >>', '((api))', 'REPLACE_ME', '<VERSION>', 'a/b/v1', '{{ .Values.api }}'].map(
    (apiVersion): [string, unknown] => [apiVersion, { apiVersion, kind: 'PodDisruptionBudget' }],
  ),
])('%s is half an object', (_, value) => {
  expect(halfObject(value)).toEqual(expect.any(String));
});
