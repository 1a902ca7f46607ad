import { readdirSync, readFileSync } from 'node:fs';
import type { ApiRow } from '../../core/scan/data/api-row.ts';
import { apiRows } from '../../core/scan/data/api-rows.ts';

const folder = new URL('../../core/scan/data/apis/', import.meta.url);
const files = readdirSync(folder);

test('every file of apis is loaded, in whole', () => {
  const rows = files.flatMap((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as ApiRow[]);
  expect(apiRows).toEqual(rows);
});

test.each(files)('%s has the rows of the group that it is named after', (file) => {
  const rows = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as ApiRow[];
  const group = file === 'core.json' ? '' : file.slice(0, -'.json'.length);
  expect(new Set(rows.map((row) => row.group))).toEqual(new Set([group]));
});
