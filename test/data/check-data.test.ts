import type { DataTables } from '../../core/scan/data/data-tables.ts';
import { tables } from '../../core/scan/data/tables.ts';
import { checkData } from './check-data.ts';

test('the tables that this repository carries have no problems', () => {
  expect(checkData(tables)).toEqual([]);
});

test('where an entry has no shape, nothing else is judged', () => {
  const broken = { ...tables, apis: [{}], sources: [] } as unknown as DataTables;
  expect(new Set(checkData(broken).map(({ table }) => table))).toEqual(new Set(['apis']));
});

test('every check is run', () => {
  expect(checkData({ ...tables, sources: [] }).length).toBeGreaterThan(0);
  expect(checkData({ ...tables, apis: [...tables.apis, ...tables.apis] }).length).toBeGreaterThan(0);
});
