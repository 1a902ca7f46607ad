import type { DataTables } from '../../core/scan/data/data-tables.ts';
import { tables } from '../../core/scan/data/tables.ts';
import { checkDuplicates } from './check-duplicates.ts';

const lists = ['apis', 'unservedKinds', 'wirePayloads', 'componentConfigs', 'sources'] as const;

test.each(lists)('an entry that is twice in %s is reported', (table) => {
  const doubled = { ...tables, [table]: [...tables[table], ...tables[table].slice(0, 1)] } as DataTables;
  expect(checkDuplicates(doubled).map((problem) => problem.table)).toContain(table);
  expect(checkDuplicates(tables)).toEqual([]);
});

test('a kind cannot be a row and never have been served', () => {
  const [row] = tables.apis;
  const unserved = { ...tables.unservedKinds[0], ...row } as DataTables['unservedKinds'][number];
  expect(checkDuplicates({ ...tables, unservedKinds: [unserved] })).toHaveLength(1);
});
