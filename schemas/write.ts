/** `npm run schemas`: writes the JSON Schema of every kind that people write or read beside this file. A test fails when they are stale. */
import { writeFileSync } from 'node:fs';
import { jsonSchemas, jsonSchemaText } from '../core/config/schema/json-schemas.ts';
import { planJsonSchemas } from '../core/plan/document/json-schemas.ts';
import { scanJsonSchemas } from '../core/scan/report/json-schemas.ts';

for (const [kind, schema] of Object.entries({ ...jsonSchemas(), ...scanJsonSchemas(), ...planJsonSchemas() })) {
  writeFileSync(new URL(`${kind}.json`, import.meta.url), jsonSchemaText(schema));
}
