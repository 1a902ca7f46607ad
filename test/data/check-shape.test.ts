import type { ApiRow } from '../../core/scan/data/api-row.ts';
import type { DataTables } from '../../core/scan/data/data-tables.ts';
import { tables } from '../../core/scan/data/tables.ts';
import { checkShape } from './check-shape.ts';

const row = tables.apis.find(({ kind }) => kind === 'PodDisruptionBudget') as ApiRow;
const { removed: _, ...withoutRemoved } = row;

test.each<[string, unknown, string]>([
  ['a version that is no minor', { ...row, removed: 'v1.25.0' }, 'removed: is no Kubernetes minor such as 1.34'],
  ['a field too many', { ...row, replacedBy: 'policy/v1' }, 'Unrecognized key: "replacedBy"'],
  ['a field too few', withoutRemoved, 'removed: Invalid input: expected string, received undefined'],
  [
    'a kind in the place of a resource',
    { ...row, resource: 'PodDisruptionBudget' },
    'resource: is no plural resource name',
  ],
])('%s is reported', (_what, entry, message) => {
  const broken = { ...tables, apis: [entry] } as DataTables;
  expect(checkShape(broken)).toEqual([{ table: 'apis', entry: 'policy/v1beta1 PodDisruptionBudget', message }]);
});

test('every table is read, and an entry without a name is told by its place', () => {
  const broken = {
    apis: [1],
    unservedKinds: [{}],
    wirePayloads: [{}],
    componentConfigs: [{ group: 'audit.k8s.io', version: 'v1' }],
    rules: [{ id: 'al2-ami' }],
    controllers: [{ component: 'keda' }],
    customResources: [{ group: 'a.b', version: 'v1', kind: 'C' }],
    sources: [{ id: 'guide' }],
    coverage: {},
  } as unknown as DataTables;
  const entries = new Set(checkShape(broken).map(({ table, entry }) => `${table}: ${entry}`));
  expect([...entries]).toEqual([
    'apis: entry 0',
    'unservedKinds: entry 0',
    'wirePayloads: entry 0',
    'componentConfigs: audit.k8s.io/v1',
    'rules: al2-ami',
    'controllers: keda',
    'customResources: a.b/v1 C',
    'sources: guide',
    'coverage: entry 0',
  ]);
});
