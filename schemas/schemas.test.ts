import { readFileSync } from 'node:fs';
import { jsonSchemaText } from '../core/config/schema/json-schemas.ts';
import { allJsonSchemas } from './all-json-schemas.ts';

test.each(Object.entries(allJsonSchemas()))(
  'schemas/%s.json is what the code says; else run `npm run schemas`',
  (kind, schema) => {
    expect(readFileSync(new URL(`${kind}.json`, import.meta.url), 'utf8')).toBe(jsonSchemaText(schema));
  },
);
