import { byPriority } from './version-priority.ts';

test('stable versions come first, then beta, then alpha, newer before older; the rest by name', () => {
  const sorted = ['foo10', 'v1alpha2', 'v10', 'v2beta1', 'v1', 'v11beta2', 'foo1', 'v2', 'v1alpha1', 'v3beta1'].sort(
    byPriority,
  );
  expect(sorted).toEqual([
    'v10',
    'v2',
    'v1',
    'v11beta2',
    'v3beta1',
    'v2beta1',
    'v1alpha2',
    'v1alpha1',
    'foo1',
    'foo10',
  ]);
});
