import { readdirSync, readFileSync } from 'node:fs';
import type { ApiRow } from './api-row.ts';
import { apiRows } from './api-rows.ts';

const folder = new URL('apis/', import.meta.url);
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

test('a row whose sources disagree says so, and what the marker of the Go type claims is among them', () => {
  const row = apiRows.find(({ version, kind }) => version === 'v1alpha1' && kind === 'ServiceCIDR');
  expect(row?.disagreements).toEqual(
    expect.arrayContaining([{ source: 'lifecycle marker', field: 'introduced', theirs: '1.27' }]),
  );
  expect(row?.introduced).toBe('1.29');
});

test('a version that is given up is an alpha or a beta, or its kind is known to be an exception', () => {
  const others = apiRows.filter(({ version, stability }) => !/alpha|beta/.test(version) && stability !== 'stable');
  expect(others).toEqual([]);
});
