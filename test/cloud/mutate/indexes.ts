import type { Template } from '../../../simulator/cloud/template/assembly.ts';
import type { Fault } from './mutation.ts';
import { type Found, resourcesOf } from './resources.ts';

interface Attribute {
  readonly AttributeName: string;
}
interface Index {
  readonly IndexName: string;
  readonly KeySchema: readonly Attribute[];
}

/** A secondary index of a table, with the attributes that are defined for it alone: DynamoDB takes no definition that no key uses. */
export function indexFaults(stack: string, template: Template): Fault[] {
  return resourcesOf(stack, template, 'AWS::DynamoDB::Table').flatMap((table) =>
    indexesOf(table).map(({ IndexName }, number) => ({
      id: `index ${table.name} ${IndexName}`,
      kind: 'index',
      named: ['index', IndexName],
      stack,
      dropped: [
        [...table.path, 'Properties', 'GlobalSecondaryIndexes', number],
        ...attributesOfOnly(table, number).map((one) => [...table.path, 'Properties', 'AttributeDefinitions', one]),
      ],
    })),
  );
}

const indexesOf = ({ properties }: Found): readonly Index[] =>
  (properties.GlobalSecondaryIndexes as readonly Index[] | undefined) ?? [];

function attributesOfOnly(table: Found, dropped: number): number[] {
  const { KeySchema, AttributeDefinitions } = table.properties as Record<string, readonly Attribute[]>;
  const others = indexesOf(table).filter((_, number) => number !== dropped);
  const used = new Set(
    [...(KeySchema ?? []), ...others.flatMap((index) => index.KeySchema)].map(({ AttributeName }) => AttributeName),
  );
  return [...(AttributeDefinitions ?? []).entries()]
    .filter(([, { AttributeName }]) => !used.has(AttributeName))
    .map(([number]) => number);
}
