import type { ApiRow } from '../../core/scan/data/api-row.ts';
import { tables } from '../../core/scan/data/tables.ts';
import { checkGroups } from './check-groups.ts';

const row = tables.apis.find(({ kind }) => kind === 'PodDisruptionBudget') as ApiRow;

test.each([
  'networking.istio.io',
  'gateway.networking.k8s.io',
  'snapshot.storage.k8s.io',
  'scheduling.x-k8s.io',
  'policy.open-cluster-management.io',
  'metrics.k8s.io',
])('a built-in row in %s is reported: the group is not Kubernetes’ own', (group) => {
  expect(checkGroups({ ...tables, apis: [{ ...row, group }] })).toEqual([
    {
      table: 'apis',
      entry: `${group}/v1beta1 PodDisruptionBudget`,
      message: `${group} is no API group of Kubernetes itself`,
    },
  ]);
});

test('a custom resource in a group of Kubernetes is reported', () => {
  const mine = {
    group: 'networking.k8s.io',
    version: 'v1beta1',
    kind: 'Gateway',
    component: 'istio',
    deprecatedIn: null,
    removedIn: null,
    replacement: null,
    note: null,
    source: 'go-types',
  };
  expect(checkGroups({ ...tables, customResources: [mine] })).toMatchObject([{ table: 'customResources' }]);
});
