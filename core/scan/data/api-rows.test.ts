import { apiRows } from './api-rows.ts';

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
