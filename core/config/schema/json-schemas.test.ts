import { jsonSchemas } from './json-schemas.ts';

test.each(Object.entries(jsonSchemas()))('the schema of %s is draft 2020-12, closed, and described', (kind, schema) => {
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: kind,
    description: expect.any(String),
    additionalProperties: false,
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
  });
});

test('what has a default may be left out', () => {
  expect(jsonSchemas().Fleet).toHaveProperty('properties.spec.required', ['regions', 'spokeRole']);
  expect(jsonSchemas().UpgradePolicy).toHaveProperty('properties.spec.required', ['selector', 'target', 'waves']);
});
