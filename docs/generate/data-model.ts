import type { z } from 'zod';
import type { ItemKey } from '../../core/ports/table.ts';
import * as entities from '../../core/store/entities.ts';
import * as scanEntities from '../../core/store/scan-entities.ts';
import { describeShape } from './describe-shape.ts';
import { markdownTable } from './markdown-table.ts';

/** What of an entity can be told without an item of it. */
interface EntityFacts {
  readonly kind: string;
  readonly schema: z.ZodType;
  readonly key: (...parts: never[]) => ItemKey;
  readonly active: (data: never) => boolean;
}

/** Every kind of item, as `core/store/entities.ts` and `core/store/scan-entities.ts` export them, as Markdown: a table of keys, then one shape each. */
export function dataModel(): string {
  const exported: readonly unknown[] = [...Object.values(entities), ...Object.values(scanEntities)];
  const kinds = exported.filter(isEntity).sort((a, b) => (a.kind < b.kind ? -1 : 1));
  const rows = kinds.map((entity) => {
    const { pk, sk } = keyPattern(entity);
    return [`[${entity.kind}](#${entity.kind.toLowerCase()})`, `\`${pk}\``, `\`${sk}\``, activeRule(entity)];
  });
  const table = markdownTable(['Kind', '`pk`', '`sk`', 'In the `active` index'], rows);
  const shapes = kinds.map(({ kind, schema }) => `### ${kind}\n\n\`\`\`text\n${describeShape(schema)}\n\`\`\``);
  return [table, ...shapes].join('\n\n');
}

function isEntity(value: unknown): value is EntityFacts {
  return typeof value === 'object' && value !== null && 'kind' in value && 'schema' in value && 'keyOf' in value;
}

/** Calls `key` with the names of its own parameters: what comes out is the pattern. */
function keyPattern({ key }: EntityFacts): ItemKey {
  const [, list = ''] = /^\(?([^)=]*)\)?\s*=>/.exec(key.toString()) ?? [];
  const names = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return (key as (...parts: string[]) => ItemKey)(...names.map((name) => `<${name}>`));
}

/** Asks the entity about each status that its shape allows. */
function activeRule({ schema, active }: EntityFacts): string {
  const ask = active as (data: object) => boolean;
  const shape = 'shape' in schema ? (schema.shape as Readonly<Record<string, { options?: readonly string[] }>>) : {};
  const statuses = shape.status?.options;
  if (statuses === undefined) return ask({}) ? 'always' : 'never';
  const listed = statuses.filter((status) => ask({ status }));
  return listed.length === 0 ? 'never' : `while ${listed.join(', ')}`;
}
