import { generatedDocuments } from './document.ts';

test.each(generatedDocuments().map((document) => [document.file.pathname.split('/').at(-1), document] as const))(
  'docs/%s says what the code says; if not: npm exec -- node docs/generate/write.ts',
  (_name, { actual, wanted }) => {
    expect(actual).toBe(wanted);
  },
);

test('every field of a report has a meaning', () => {
  const report = generatedDocuments().find(({ file }) => file.pathname.endsWith('/scan-report.md'));
  expect(report?.wanted.split('\n').filter((line) => /\| +\|$/.test(line))).toEqual([]);
});
