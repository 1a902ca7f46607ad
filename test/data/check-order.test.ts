import type { ApiRow } from '../../core/scan/data/api-row.ts';
import { tables } from '../../core/scan/data/tables.ts';
import { checkOrder } from './check-order.ts';

const row = tables.apis.find(({ group, version }) => group === 'policy' && version === 'v1beta1') as ApiRow;
const told = (change: Partial<ApiRow>) =>
  checkOrder({ ...tables, apis: [{ ...row, ...change }], rules: [] }).map(({ message }) => message);

test.each<[Partial<ApiRow>, string]>([
  [{ introduced: '1.21', deprecated: '1.21' }, 'deprecated in 1.21, introduced in 1.21'],
  [{ introduced: '1.9', deprecated: null, removed: '1.9' }, 'removed in 1.9, introduced in 1.9'],
  [{ introduced: '1.5', deprecated: '1.21', removed: '1.20' }, 'removed in 1.20, before it was deprecated in 1.21'],
  [{ deprecated: null, removed: null }, 'neither deprecated nor removed: it needs no row'],
])('a lifecycle that runs backwards is reported: %j', (change, message) => {
  expect(told(change)).toEqual([message]);
});

test('minors are compared as numbers: 1.9 comes before 1.16', () => {
  expect(told({ introduced: '1.8', deprecated: '1.9', removed: '1.16' })).toEqual([]);
});

test('an API may be deprecated and removed in the same minor', () => {
  expect(told({ introduced: '1.31', deprecated: '1.34', removed: '1.34' })).toEqual([]);
});

test('a rule that breaks before it warns is reported, and so is a coverage that ends before it begins', () => {
  const rule = {
    id: 'a-rule',
    title: 'A rule',
    detector: 'ip-address-format',
    parameters: {},
    deprecatedIn: '1.36',
    breaksIn: '1.35',
    severity: 'error',
    reason: 'removed',
    message: 'It breaks.',
    fix: 'Mend it.',
    source: 'go-types',
  } as const;
  const coverage = { ...tables.coverage, newestMinor: '1.9', oldestMinor: '1.16' };
  expect(checkOrder({ ...tables, apis: [], rules: [rule], coverage })).toEqual([
    { table: 'rules', entry: 'a-rule', message: 'breaks in 1.35, before it warns in 1.36' },
    { table: 'coverage', entry: 'coverage', message: 'the newest minor is older than the oldest' },
  ]);
});
