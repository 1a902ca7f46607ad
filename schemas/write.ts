/** `npm run schemas`: writes the JSON Schema of every kind that people write or read beside this file. A test fails when they are stale. */
import { writeFileSync } from 'node:fs';
import { jsonSchemaText } from '../core/config/schema/json-schemas.ts';
import { allJsonSchemas } from './all-json-schemas.ts';

for (const [kind, schema] of Object.entries(allJsonSchemas())) {
  writeFileSync(new URL(`${kind}.json`, import.meta.url), jsonSchemaText(schema));
}
