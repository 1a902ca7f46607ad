import { generatedDocuments } from './document.ts';

test.each(generatedDocuments().map((document) => [document.file.pathname.split('/').at(-1), document] as const))(
  'docs/%s says what the code says; if not: npm exec -- node docs/generate/write.ts',
  (_name, { actual, wanted }) => {
    expect(actual).toBe(wanted);
  },
);

test.each(['scan-report', 'policies', 'plan'])('every field in %s has a meaning', (name) => {
  const report = generatedDocuments().find(({ file }) => file.pathname.endsWith(`/${name}.md`));
  expect(report?.wanted.split('\n').filter((line) => /\| +\|$/.test(line))).toEqual([]);
});
