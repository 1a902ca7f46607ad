import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { jsonSchemaOf, jsonSchemas } from '../../core/config/schema/json-schemas.ts';
import { EVENT_EXAMPLES } from '../../core/contracts/event-examples.ts';
import { EVENT_DETAILS, type EventType, type LiftlockEvent } from '../../core/contracts/events.ts';
import { CALLS_WITHOUT_UPDATE } from '../../core/contracts/mutating-calls.ts';
import { REASON_KINDS } from '../../core/contracts/reasons/reason-facts.ts';
import { REASON_FAMILIES } from '../../core/contracts/reasons.ts';
import {
  CONFIDENCE_MEANINGS,
  COVERAGE_STATUSES,
  REASONS,
  SEVERITY_MEANINGS,
  SOURCES,
  whyNotWaived,
} from '../../core/contracts/scan-words.ts';
import { clusterEnvironment } from '../../core/expression/cluster-environment.ts';
import type { ExpressionEnvironment } from '../../core/expression/environment.ts';
import { evidenceEnvironment } from '../../core/expression/evidence-environment.ts';
import { FUNCTIONS } from '../../core/expression/refusals.ts';
import { inventorySchema } from '../../core/inventory/document/inventory-schema.ts';
import { noticeOf } from '../../core/notices/notice-of.ts';
import { EXCLUSIONS } from '../../core/plan/document/exclusions.ts';
import { LIMIT_KINDS } from '../../core/plan/document/limit-kinds.ts';
import { rolloutPlanSchema } from '../../core/plan/document/plan-schema.ts';
import type { ItemKey } from '../../core/ports/table.ts';
import type { Moment } from '../../core/protocol/situation.ts';
import { VETOES } from '../../core/protocol/vetoes.ts';
import { kindListSchema } from '../../core/scan/listed/kind-list.ts';
import { PREFLIGHT_CHECKS } from '../../core/scan/preflight/checks.ts';
import { scanReportListSchema, scanReportSchema } from '../../core/scan/report/report-schema.ts';
import * as entities from '../../core/store/entities.ts';
import * as scanEntities from '../../core/store/scan-entities.ts';

const kindListSpec = jsonSchemaOf('KindList', kindListSchema.shape.spec, 'input');

/** Every word and every field of a scan's report, as Markdown. */
function scanReport(): string {
  const parts: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ['Reasons', '`reason`', REASONS],
    ['Sources', '`source`', SOURCES],
    [
      'Preflight checks',
      '`rule`',
      Object.fromEntries(
        PREFLIGHT_CHECKS.map(({ name, finds }) => [name, whyNotWaived(name) ? `${finds} Nothing waives it.` : finds]),
      ),
    ],
    ['Severities', '`severity`', SEVERITY_MEANINGS],
    ['Confidences', '`confidence`', CONFIDENCE_MEANINGS],
    ['Coverage', '`status`', COVERAGE_STATUSES],
  ];
  // What is in a report is told by its own table.
  const isOfList = ({ path }: { readonly path: string }) => !path.startsWith('items[].');
  return [
    ...parts.map(([title, heading, all]) => `## ${title}\n\n${wordTable(heading, all)}`),
    `## Fields of a ScanReport\n\n${fieldTable(scanReportSchema, 'output', () => true)}`,
    `## Fields of a ScanReportList\n\n${fieldTable(scanReportListSchema, 'output', isOfList)}`,
    `## Fields of a KindList\n\nBelow \`spec\`, one list for \`--list\`.\n\n${configTable(kindListSpec)}`,
  ].join('\n\n');
}

const BEGIN = '<!-- begin generated: node docs/generate/write.ts -->';
const END = '<!-- end generated -->';
const PARTS = {
  'data-model.md': dataModel,
  'events.md': events,
  'plan.md': plan,
  'policies.md': policies,
  'protocol.md': vetoes,
  'reasons.md': reasons,
  'scan-report.md': scanReport,
} as const;

/** The documents as they are, and as they should be: what stands between the markers comes from the code. */
export function generatedDocuments() {
  return Object.entries(PARTS).map(([name, generate]) => {
    const file = new URL(`../${name}`, import.meta.url);
    const actual = readFileSync(file, 'utf8');
    const [before, rest] = actual.split(BEGIN);
    const after = rest?.split(END)[1];
    if (after === undefined) throw new Error(`docs/${name} has lost its markers of the generated part`);
    return { file, actual, wanted: `${before}${BEGIN}\n\n${generate()}\n\n${END}${after}` };
  });
}

const MOMENTS: readonly Moment[] = ['grant', 'first', 'later', 'rollback-grant', 'rollback', 'undo-grant', 'undo'];

/** Everything that forbids a grant or a commit as a Markdown table, in the order in which people are told. */
function vetoes(): string {
  const rows = VETOES.map(({ rule, asked, codes }, row) => [
    `${row + 1}`,
    rule,
    ...MOMENTS.map((moment) => (asked.includes(moment) ? '✓' : '')),
    codes.map((code) => `\`${code}\``).join(', '),
  ]);
  const calls = Object.entries(CALLS_WITHOUT_UPDATE).map(([name, { permission, repeats, seenBy, undo }]) => {
    return [`\`${name}\``, `\`${permission}\``, repeats, seenBy, undo];
  });
  return [
    markdownTable(
      [
        ...[
          'Row',
          'What must be so',
          'Grant',
          'First',
          'Later',
          'Grant of a rollback',
          'Rollback',
          'Grant of an undo',
          'Undo',
        ],
        'Refused with',
      ],
      rows,
    ),
    'Calls that have no update:',
    markdownTable(['Call', 'Permission in the cluster', 'Repeated by', 'Seen by', 'Undone by'], calls),
  ].join('\n\n');
}

/** Every kind and every code of a reason as Markdown: a table of kinds, then one table for each family of codes. */
function reasons(): string {
  const kinds = Object.entries(REASON_KINDS).map(([kind, meaning]) => [`\`${kind}\``, meaning]);
  const families = Object.entries(REASON_FAMILIES).map(([title, family]) => {
    const rows = Object.entries(family)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, { kind, meaning }]) => [`\`${code}\``, kind, meaning]);
    return `## ${title}\n\n${markdownTable(['Code', 'Kind', 'Meaning'], rows)}`;
  });
  return [`## Kinds\n\n${markdownTable(['Kind', 'What ends it'], kinds)}`, ...families].join('\n\n');
}

const TYPES = Object.keys(EVENT_DETAILS) as EventType[];

/** Every event as Markdown: a list, then for each its shape, an example as it arrives, and what people are told. */
function events(): string {
  const rows = TYPES.map((type) => [`[${type}](#${type.toLowerCase()})`, EVENT_EXAMPLES[type].when]);
  return [markdownTable(['`detail-type`', 'When'], rows), ...TYPES.map(section)].join('\n\n');
}

function section(type: EventType): string {
  const { detail } = EVENT_EXAMPLES[type];
  const notice = noticeOf({ type, detail } as LiftlockEvent);
  const told =
    notice === undefined
      ? 'People are not told of this one.'
      : `People are told of this one:\n\n> ${notice.what}<br>Why: ${notice.why}<br>What to do: ${notice.todo}<br>Reference: ${notice.reference}`;
  return [
    `### ${type}`,
    `\`\`\`text\n${describeShape(EVENT_DETAILS[type])}\n\`\`\``,
    `\`\`\`json\n${JSON.stringify(detail, undefined, 2)}\n\`\`\``,
    told,
  ].join('\n\n');
}

/** What of an entity can be told without an item of it. */
interface EntityFacts {
  readonly kind: string;
  readonly schema: z.ZodType;
  readonly key: (...parts: never[]) => ItemKey;
  readonly active: (data: never) => boolean;
}

/** Every kind of item, as `core/store/entities.ts` and `core/store/scan-entities.ts` export them, as Markdown: a table of keys, then one shape each. */
function dataModel(): string {
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
  if (statuses === undefined)
    return ask({}) ? (ask({ atRest: true }) ? 'always' : 'unless `atRest`, or marked') : 'never';
  const listed = statuses.filter((status) => ask({ status }));
  return listed.length === 0 ? 'never' : `while ${listed.join(', ')}`;
}

/** Every word and every field of a plan, and of the inventory that it is made from, as Markdown. */
function plan(): string {
  // Fields inside a record of the inventory that say what EKS says are left to EKS.
  const isOurs = ({ description }: { readonly description: string }) => description !== '';
  return [
    `## Reasons in \`excluded\`\n\n${wordTable('`reason`', EXCLUSIONS)}`,
    `## Kinds in \`limitedBy\`\n\n${wordTable('`kind`', LIMIT_KINDS)}`,
    `## Fields of a RolloutPlan\n\n${fieldTable(rolloutPlanSchema, 'output', isOurs)}`,
    `## Fields of an Inventory\n\nWhat \`get clusters\` adds for people (\`state\`, \`support\`, \`policy\`, …) is read over.\n\n${fieldTable(inventorySchema, 'input', isOurs)}`,
  ].join('\n\n');
}

/** A zod schema as people write types: one member a line, `?` where it may be absent. */
function describeShape(schema: z.ZodType): string {
  return typeOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema, '');
}

function typeOf(schema: JsonSchema, indent: string): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined) return choices.map((choice) => typeOf(choice, indent)).join(' | ');
  if (schema.type === 'array') return `${typeOf(schema.items ?? {}, indent)}[]`;
  if (schema.properties !== undefined) return membersOf(schema, indent);
  if (schema.type === 'object') return `{ [name]: ${typeOf(objectOf(schema.additionalProperties), indent)} }`;
  if (schema.format === 'date-time') return 'timestamp';
  return String(schema.type ?? 'any');
}

function membersOf(schema: JsonSchema, indent: string): string {
  const inner = `${indent}  `;
  const lines = Object.entries(schema.properties ?? {}).map(([name, member]) => {
    const optional = schema.required?.includes(name) === true ? '' : '?';
    return `${inner}${name}${optional}: ${typeOf(member, inner)}`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

const objectOf = (schema: boolean | JsonSchema | undefined): JsonSchema => (typeof schema === 'object' ? schema : {});

/** Every field of the kinds that say how a fleet may change, and everything that expressions can see and call. */
function policies(): string {
  const kinds = (['UpgradePolicy', 'Calendar', 'Channel', 'Fleet'] as const).map(
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

/** As much of a JSON Schema as documents tell. */
interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly default?: unknown;
  readonly description?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
}

interface Field {
  /** `findings[].location.file` */
  readonly path: string;
  readonly type: string;
  /** JSON of what holds where it is left out, `required`, or nothing. */
  readonly otherwise: string;
  readonly description: string;
}

/** The fields of a schema that are to be told, as Markdown. */
function fieldTable(schema: z.ZodType, io: 'input' | 'output', isTold: (field: Field) => boolean): string {
  const rows = fieldsOf(z.toJSONSchema(schema, { io, unrepresentable: 'any' }))
    .filter(isTold)
    .map(({ path, type, description }) => [`\`${path}\``, cell(type), cell(description)]);
  return markdownTable(['Field', 'Type', 'Meaning'], rows);
}

/** The fields that people write in config, with what holds where one is left out. */
function configTable(schema: object): string {
  const rows = fieldsOf(schema).map(({ path, type, otherwise, description }) => [
    `\`${path}\``,
    cell(type),
    otherwise === '' || otherwise === 'required' ? otherwise : `\`${otherwise}\``,
    cell(description),
  ]);
  return markdownTable(['Field', 'Type', 'Default', 'Meaning'], rows);
}

/** Words and what they mean, as Markdown. */
function wordTable(heading: string, all: Readonly<Record<string, string>>): string {
  const rows = Object.entries(all).map(([word, meaning]) => [`\`${word}\``, cell(meaning)]);
  return markdownTable([heading, 'Meaning'], rows);
}

/** Every field of a JSON Schema, in its order, those inside after the one that holds them; where one of several forms may be written, the fields of all. */
function fieldsOf(schema: object, prefix = ''): Field[] {
  const forms = formsOf(schema as JsonSchema).filter(({ properties }) => properties !== undefined);
  const names = [...new Set(forms.flatMap(({ properties = {} }) => Object.keys(properties)))];
  return names.flatMap((name) => {
    const members = forms.flatMap(({ properties }) => properties?.[name] ?? []);
    const isRequired = forms.every(({ required = [] }) => required.includes(name));
    return fieldAndBelow(`${prefix}${name}`, { anyOf: members }, members, isRequired);
  });
}

/** `members`: the field as each form has it. */
function fieldAndBelow(path: string, all: JsonSchema, members: readonly JsonSchema[], isRequired: boolean): Field[] {
  const [first] = members;
  const preset = first?.default === undefined ? '' : JSON.stringify(first.default);
  const otherwise = isRequired ? 'required' : isNothing(preset) ? '' : preset;
  const items = formsOf(all).flatMap((form) => form.items ?? []);
  return [
    {
      path,
      type: fieldType(all),
      otherwise,
      description:
        [...members, ...formsOf(all)].find(({ description }) => description !== undefined)?.description ?? '',
    },
    ...fieldsOf(all, `${path}.`),
    ...fieldsOf({ anyOf: items }, `${path}[].`),
  ];
}

/** Each of several forms. A form that only narrows another one has no fields of its own. */
function formsOf(schema: JsonSchema): readonly JsonSchema[] {
  const forms = schema.anyOf ?? schema.oneOf;
  return forms === undefined ? [schema] : forms.flatMap(formsOf);
}

function fieldType(schema: JsonSchema): string {
  return [...new Set(formsOf(schema).flatMap(plainTypes))].join(' or ');
}

function plainTypes({ type, const: constant, enum: words, items }: JsonSchema): string[] {
  if (constant !== undefined) return [`\`${String(constant)}\``];
  if (words !== undefined) return words.map((word) => `\`${String(word)}\``);
  if (items !== undefined) return [`list of ${fieldType(items)}`];
  const known = { string: 'text', integer: 'whole number', boolean: 'true or false', object: 'map' };
  return [type === undefined ? 'anything' : (known[type as keyof typeof known] ?? String(type))];
}

/** Empty maps and lists say nothing to people; so do defaults that only repeat those of their fields. */
const isNothing = (json: string): boolean => json === '[]' || json.startsWith('{');

/** Text that may hold what ends a cell. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

/** A Markdown table with columns of one width, as the formatter leaves it. */
function markdownTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(headings), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
