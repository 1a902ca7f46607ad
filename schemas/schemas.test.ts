import { readFileSync } from 'node:fs';
import { jsonSchemas, jsonSchemaText } from '../core/config/schema/json-schemas.ts';
import { planJsonSchemas } from '../core/plan/document/json-schemas.ts';
import { scanJsonSchemas } from '../core/scan/report/json-schemas.ts';

test.each(Object.entries({ ...jsonSchemas(), ...scanJsonSchemas(), ...planJsonSchemas() }))(
  'schemas/%s.json is what the code says; else run `npm run schemas`',
  (kind, schema) => {
    expect(readFileSync(new URL(`${kind}.json`, import.meta.url), 'utf8')).toBe(jsonSchemaText(schema));
  },
);
