import { apiVersionOf } from '../resource-types.ts';
import { servedBuiltIns } from './served-built-ins.ts';

const served = (minor: string, resource: string, turnedOn: string[] = []) =>
  servedBuiltIns(minor, turnedOn)
    .filter((type) => type.resource === resource)
    .map(apiVersionOf);

test.each([
  ['1.21', 'poddisruptionbudgets', ['policy/v1', 'policy/v1beta1']],
  ['1.24', 'poddisruptionbudgets', ['policy/v1', 'policy/v1beta1']],
  ['1.25', 'poddisruptionbudgets', ['policy/v1']],
  ['1.25', 'horizontalpodautoscalers', ['autoscaling/v2', 'autoscaling/v1', 'autoscaling/v2beta2']],
  ['1.31', 'flowschemas', ['flowcontrol.apiserver.k8s.io/v1', 'flowcontrol.apiserver.k8s.io/v1beta3']],
  ['1.32', 'flowschemas', ['flowcontrol.apiserver.k8s.io/v1']],
  ['1.30', 'volumeattributesclasses', []],
  ['1.31', 'volumeattributesclasses', ['storage.k8s.io/v1beta1']],
  ['1.36', 'volumeattributesclasses', ['storage.k8s.io/v1', 'storage.k8s.io/v1beta1']],
  ['1.37', 'volumeattributesclasses', ['storage.k8s.io/v1']],
  ['1.32', 'resourceclaims', []],
  ['1.33', 'resourceclaims', ['resource.k8s.io/v1beta1']],
  ['1.37', 'resourceclaims', ['resource.k8s.io/v1', 'resource.k8s.io/v1beta1']],
  ['1.38', 'resourceclaims', ['resource.k8s.io/v1']],
  ['1.24', 'podsecuritypolicies', ['policy/v1beta1']],
  ['1.36', 'podsecuritypolicies', []],
  ['1.36', 'events', ['v1', 'events.k8s.io/v1']],
])('%s serves %s at %j', (minor, resource, expected) => {
  expect(served(minor, resource)).toEqual(expected);
});

test('what is off by default is served where it was turned on, and only while the minor has it', () => {
  const turnedOn = ['resource.k8s.io/v1beta2'];
  expect(served('1.35', 'deviceclasses', turnedOn)).toEqual([
    'resource.k8s.io/v1',
    'resource.k8s.io/v1beta2',
    'resource.k8s.io/v1beta1',
  ]);
  expect(served('1.39', 'deviceclasses', turnedOn)).toEqual(['resource.k8s.io/v1']);
});

const warning = (minor: string, resource: string, version: string) =>
  servedBuiltIns(minor, []).find((type) => type.resource === resource && type.version === version)?.deprecation;

test('versions warn from the minor on that deprecates them', () => {
  expect(warning('1.20', 'poddisruptionbudgets', 'v1beta1')).toBeUndefined();
  expect(warning('1.21', 'poddisruptionbudgets', 'v1beta1')).toEqual({
    warning:
      'policy/v1beta1 PodDisruptionBudget is deprecated in v1.21+, unavailable in v1.25+; use policy/v1 PodDisruptionBudget',
    removedRelease: '1.25',
  });
  expect(warning('1.32', 'endpoints', 'v1')).toBeUndefined();
  expect(warning('1.33', 'endpoints', 'v1')).toEqual({
    warning: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
    removedRelease: '',
  });
  expect(warning('1.24', 'podsecuritypolicies', 'v1beta1')?.warning).toBe(
    'policy/v1beta1 PodSecurityPolicy is deprecated in v1.21+, unavailable in v1.25+',
  );
});
