/** `npm run schemas`: writes the JSON Schema of every config kind beside this file. A test fails when they are stale. */
import { writeFileSync } from 'node:fs';
import { jsonSchemas, jsonSchemaText } from '../core/config/schema/json-schemas.ts';

for (const [kind, schema] of Object.entries(jsonSchemas())) {
  writeFileSync(new URL(`${kind}.json`, import.meta.url), jsonSchemaText(schema));
}
