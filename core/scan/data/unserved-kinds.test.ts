import { apiRow } from './api-table.ts';
import { unservedKind, unservedKinds } from './custom-resources.ts';

test('what never was is found by group, version and kind', () => {
  expect(unservedKind('apps', 'v1beta1', 'ReplicaSet')?.listedBy).toContain('deprecation guide');
  expect(unservedKind('apps', 'v1beta2', 'ReplicaSet')).toBeUndefined();
});

test('what never was has no row in the table', () => {
  for (const { group, version, kind } of unservedKinds) expect(apiRow(group, version, kind)).toBeUndefined();
});
