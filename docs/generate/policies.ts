import { jsonSchemas } from '../../core/config/schema/json-schemas.ts';
import { clusterEnvironment } from '../../core/expression/cluster-environment.ts';
import type { ExpressionEnvironment } from '../../core/expression/environment.ts';
import { evidenceEnvironment } from '../../core/expression/evidence-environment.ts';
import { FUNCTIONS } from '../../core/expression/refusals.ts';
import { cell, configTable, markdownTable } from './fields-of.ts';

/** Every field of the kinds that say how a fleet may change, and everything that expressions can see and call. */
export function policies(): string {
  const kinds = (['UpgradePolicy', 'Calendar', 'Channel'] as const).map(
    (kind) => `### Fields of ${kind}\n\nBelow \`spec\`.\n\n${configTable(specOf(jsonSchemas()[kind]))}`,
  );
  return [
    ...kinds,
    `### What \`when\` sees\n\n${environmentTables(clusterEnvironment)}`,
    `### What \`autoApproveWhen\` sees\n\n${environmentTables(evidenceEnvironment)}`,
    `### Functions of expressions\n\n${markdownTable(
      ['Function', 'Example, or what it gives'],
      Object.entries(FUNCTIONS).map(([name, text]) => [`\`${name}\``, cell(text)]),
    )}`,
  ].join('\n\n');
}

const specOf = (schema: object): object => (schema as { properties: { spec: object } }).properties.spec;

/** The variables, then the fields of each record that they are or contain. */
function environmentTables<Value>({ variables, records }: ExpressionEnvironment<Value>): string {
  const rowsOf = (prefix: string, fields: typeof variables): string[][] =>
    Object.entries(fields).flatMap(([name, { type, text }]) => {
      const inner = /^(?:list<)?(\w+)>?$/.exec(type)?.[1] ?? '';
      const path = `${prefix}${name}`;
      const shown = type === 'google.protobuf.Timestamp' ? 'timestamp' : type;
      const below = records[inner];
      const isList = type.startsWith('list<');
      return [
        [`\`${path}\``, below === undefined ? `\`${shown}\`` : isList ? 'list' : 'record', cell(text)],
        ...(below === undefined ? [] : rowsOf(`${path}${isList ? '[]' : ''}.`, below)),
      ];
    });
  return markdownTable(['Field', 'Type', 'Meaning'], rowsOf('', variables));
}
