import type { DataTables } from '../../core/scan/data/data-tables.ts';
import { type DataProblem, kindName } from './problem.ts';

type Named = readonly [table: DataProblem['table'], entry: string, sources: readonly string[]];

/** Reports statements whose source is not in the list of sources, and sources that nothing rests on. */
export function checkSources(tables: DataTables): DataProblem[] {
  const known = new Set(tables.sources.map(({ id }) => id));
  const named: Named[] = [
    ...tables.apis.map((row): Named => ['apis', kindName(row), Object.values(row.sources)]),
    ...tables.unservedKinds.map((row): Named => ['unservedKinds', kindName(row), [row.source]]),
    ...tables.wirePayloads.map((row): Named => ['wirePayloads', kindName(row), [row.source]]),
    ...tables.componentConfigs.map((row): Named => ['componentConfigs', `${row.group}/${row.version}`, [row.source]]),
    ...tables.rules.map((row): Named => ['rules', row.id, [row.source]]),
    ...tables.controllers.map((row): Named => ['controllers', row.component, [row.source]]),
    ...tables.customResources.map((row): Named => ['customResources', kindName(row), [row.source]]),
  ];
  const used = new Set(named.flatMap(([, , sources]) => sources));
  const missing = named.flatMap(([table, entry, sources]) =>
    [...new Set(sources)]
      .filter((id) => !known.has(id))
      .map((id) => ({ table, entry, message: `its source ${id} is not in sources.json` })),
  );
  const unused = [...known].filter((id) => !used.has(id));
  return [...missing, ...unused.map((entry) => ({ table: 'sources' as const, entry, message: 'nothing rests on it' }))];
}
