import type { ApiReplacement, ApiRow } from '../../core/scan/data/api-row.ts';
import { tables } from '../../core/scan/data/tables.ts';
import { checkReplacements } from './check-replacements.ts';

const row = tables.apis.find(({ version, kind }) => version === 'v1beta1' && kind === 'FlowSchema') as ApiRow;
const [v1beta2, v1beta3, v1] = row.replacements as [ApiReplacement, ApiReplacement, ApiReplacement];
const others = tables.apis.filter((one) => one !== row);
const told = (replacements: readonly ApiReplacement[], change: Partial<ApiRow> = {}) =>
  checkReplacements({ ...tables, apis: [...others, { ...row, ...change, replacements }] })
    .filter(({ entry }) => entry === 'flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema')
    .map(({ message }) => message);

test('a gap between two candidates is reported, minor by minor', () => {
  expect(told([v1beta2, v1beta3, v1])).toEqual([]);
  expect(told([v1], { note: null })).toEqual(['nothing replaces it at 1.26, 1.27, 1.28']);
  expect(told([v1], { note: 'A note does not close a gap before the successor.' })).toHaveLength(1);
});

test('a chain may end only when a note says so; a row without candidates says so itself', () => {
  expect(told([v1beta2], { note: null })).toEqual([
    'nothing replaces it at 1.29, 1.30, 1.31, 1.32, 1.33, 1.34, 1.35, 1.36, 1.37',
  ]);
  expect(told([v1beta2], { note: 'Its successor ended in 1.29.' })).toEqual([]);
  expect(told([])).toEqual([]);
});

test('a candidate is stable, or a row of the table with the same minors', () => {
  expect(told([{ ...v1, version: 'v2beta1' }, v1beta2, v1beta3, v1])).toEqual([
    'replacement flowcontrol.apiserver.k8s.io/v2beta1 FlowSchema is neither stable nor a row of the table',
  ]);
  expect(told([{ ...v1beta2, introduced: '1.22' }, v1beta3, v1])).toContain(
    'replacement flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema has other minors than its own row',
  );
});

test('a stable candidate is introduced in the same minor wherever it is named', () => {
  const others = {
    ...tables,
    apis: tables.apis.map((one) =>
      one.version === 'v1beta2'
        ? {
            ...one,
            replacements: one.replacements.map((two) => ({
              ...two,
              introduced: two.version === 'v1' ? '1.2' : two.introduced,
            })),
          }
        : one,
    ),
  };
  expect(checkReplacements(others).length).toBeGreaterThan(0);
});

test('a removal beyond the newest minor known is not judged', () => {
  expect(told([v1beta2], { removed: '1.38', note: null })).toEqual([]);
});
