import type { NormalizedSchema } from '@smithy/core/schema';
import type { Dialect, PlainRequest } from './dialect.ts';
import { type FormNode, parseForm } from './form.ts';
import { readText } from './text-value.ts';
import { writeXml, writeXmlRefusal } from './xml-body.ts';

/** awsQuery: `Action=GetCallerIdentity&Version=2011-06-15` in a form or in the query of the URL; answers are XML. */
export const query: Dialect = {
  name: 'query',

  operationName(request) {
    return formOf(request).parts.get('Action')?.value;
  },

  readInput(request, { input }) {
    return input.isUnitSchema() ? {} : (readFormValue(input, formOf(request)) as object);
  },

  writeOutput(output, operation, service, requestId) {
    return xml(200, requestId, writeXml(output, operation, service.xmlNamespace, requestId));
  },

  writeRefusal(refusal, service, requestId) {
    return xml(refusal.status, requestId, writeXmlRefusal(refusal, service?.xmlNamespace, requestId));
  },
};

/** Throws for a text that is no form. */
function formOf({ body, query }: PlainRequest): FormNode {
  return parseForm(body === '' ? query : body);
}

const xml = (status: number, requestId: string, body: string) => ({
  status,
  headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
  body,
});

/** Reads a value of a shape out of a form, as the query protocol flattens it; undefined when nothing is there. Throws for values of another type. */
function readFormValue(schema: NormalizedSchema, node: FormNode | undefined): unknown {
  if (node === undefined) return undefined;
  if (schema.isStructSchema()) return readStructure(schema, node);
  if (schema.isListSchema()) return readList(schema, node);
  if (schema.isMapSchema()) return readMap(schema, node);
  if (node.value === undefined) throw new TypeError('Start of list found where not expected');
  return readText(schema, node.value, 'form');
}

function readStructure(schema: NormalizedSchema, node: FormNode): object {
  const structure: Record<string, unknown> = {};
  for (const [name, member] of schema.structIterator()) {
    const value = readFormValue(member, node.parts.get(member.getMergedTraits().xmlName ?? name));
    if (value !== undefined) structure[name] = value;
  }
  return structure;
}

/** `Name.member.1`, or `Name.1` where flattened; an empty list is `Name=`. */
function readList(schema: NormalizedSchema, node: FormNode): unknown[] {
  const member = schema.getValueSchema();
  const flat = schema.getMergedTraits().xmlFlattened !== undefined;
  return numbered(flat ? node : node.parts.get(member.getMergedTraits().xmlName ?? 'member')).map((item) =>
    readFormValue(member, item),
  );
}

/** `Name.entry.1.key` and `Name.entry.1.value`, or `Name.1.key` where flattened. */
function readMap(schema: NormalizedSchema, node: FormNode): object {
  const key = schema.getKeySchema().getMergedTraits().xmlName ?? 'key';
  const member = schema.getValueSchema();
  const value = member.getMergedTraits().xmlName ?? 'value';
  const flat = schema.getMergedTraits().xmlFlattened !== undefined;
  return Object.fromEntries(
    numbered(flat ? node : node.parts.get('entry')).map((entry) => [
      entry.parts.get(key)?.value ?? '',
      readFormValue(member, entry.parts.get(value)),
    ]),
  );
}

const numbered = (node: FormNode | undefined): FormNode[] =>
  [...(node?.parts ?? [])]
    .filter(([name]) => /^\d+$/.test(name))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, item]) => item);
