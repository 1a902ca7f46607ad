import { dataModelDocument } from './document.ts';

test('docs/data-model.md says what the code says; if not: npm exec -- node docs/generate/write.ts', () => {
  const { actual, wanted } = dataModelDocument();
  expect(actual).toBe(wanted);
});
