import { tables } from '../../core/scan/data/tables.ts';
import { checkSources } from './check-sources.ts';

test('a source that is not listed is reported at every entry that names it', () => {
  const sources = tables.sources.filter(({ id }) => id !== 'core-v1-lifecycle-go');
  expect(checkSources({ ...tables, sources }).map(({ entry, message }) => `${entry}: ${message}`)).toEqual([
    'v1 ComponentStatus: its source core-v1-lifecycle-go is not in sources.json',
    'v1 Endpoints: its source core-v1-lifecycle-go is not in sources.json',
  ]);
});

test('a source that nothing rests on is reported', () => {
  const spare = { id: 'hearsay', title: 'Hearsay', url: 'https://example.com', readOn: '2026-01-01' };
  expect(checkSources({ ...tables, sources: [...tables.sources, spare] })).toEqual([
    { table: 'sources', entry: 'hearsay', message: 'nothing rests on it' },
  ]);
});
