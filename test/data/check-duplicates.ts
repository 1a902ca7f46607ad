import type { DataTables } from '../../core/scan/data/data-tables.ts';
import { type DataProblem, kindName } from './problem.ts';

/** Reports entries that are told twice: the second one would never be found, or found beside the first. */
export function checkDuplicates(tables: DataTables): DataProblem[] {
  const listed = [
    ...twice('apis', tables.apis.map(kindName)),
    ...twice('unservedKinds', [...tables.apis, ...tables.unservedKinds].map(kindName)),
    ...twice('wirePayloads', tables.wirePayloads.map(kindName)),
    ...twice(
      'componentConfigs',
      tables.componentConfigs.map(({ group, version }) => `${group}/${version}`),
    ),
    ...twice(
      'rules',
      tables.rules.map(({ id }) => id),
    ),
    ...twice(
      'controllers',
      tables.controllers.map(({ component }) => component),
    ),
    ...twice(
      'controllers',
      tables.controllers.flatMap(({ images }) => images),
    ),
    ...twice('customResources', tables.customResources.map(kindName)),
    ...twice(
      'sources',
      tables.sources.map(({ id }) => id),
    ),
  ];
  return listed;
}

function twice(table: DataProblem['table'], names: readonly string[]): DataProblem[] {
  const again = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  return [...again].map((entry) => ({ table, entry, message: 'is there more than once' }));
}
