import type { NormalizedSchema } from '@smithy/core/schema';
import type { Dialect, PlainRequest } from './dialect.ts';
import { readJson, writeJson, writeJsonRefusal } from './json-body.ts';
import { parseQuery } from './query-string.ts';
import { matchRoute, partsOf } from './route.ts';
import type { OperationModel, ServiceModel } from './service-model.ts';
import { readText } from './text-value.ts';
import { escaped } from './xml-body.ts';

/** restJson1: method and path name the operation; members are in the path, the query and the body. */
export const rest: Dialect = {
  name: 'rest',

  operationName({ method, path }, service) {
    const found = service === undefined ? undefined : operationAt(service, method, path);
    return found?.name ?? `${method} ${path}`;
  },

  readInput(request, { input, route }) {
    if (input.isUnitSchema()) return {};
    const labels = route === undefined ? undefined : matchRoute(route, request.method, partsOf(request.path));
    const body = bodyMembers(input, readJson(input, request.body));
    return { ...body, ...boundMembers(input, labels, request) };
  },

  writeOutput(output, operation, _service, requestId) {
    return {
      status: operation.route?.status ?? 200,
      headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId },
      body: operation.output.isUnitSchema() ? '' : writeJson(operation.output, output),
    };
  },

  writeRefusal(refusal, _service, requestId) {
    const { body } = writeJsonRefusal(refusal);
    return {
      status: refusal.status,
      headers: {
        'content-type': 'application/json',
        'x-amzn-requestid': requestId,
        'x-amzn-errortype': refusal.name,
      },
      body,
    };
  },
};

/** No two routes of a service here fit the same path. */
export function operationAt(service: ServiceModel, method: string, path: string): OperationModel | undefined {
  const parts = partsOf(path);
  for (const operation of service.operations.values()) {
    if (operation.route !== undefined && matchRoute(operation.route, method, parts) !== undefined) return operation;
  }
  return undefined;
}

const isBound = (member: NormalizedSchema): boolean => {
  const { httpLabel, httpQuery } = member.getMergedTraits();
  return httpLabel !== undefined || httpQuery !== undefined;
};

function bodyMembers(input: NormalizedSchema, body: object): object {
  const members: Record<string, unknown> = { ...body };
  for (const [name, member] of input.structIterator()) if (isBound(member)) delete members[name];
  return members;
}

function boundMembers(
  input: NormalizedSchema,
  labels: ReadonlyMap<string, string> | undefined,
  { query }: PlainRequest,
): object {
  const parameters = parseQuery(query);
  const members: Record<string, unknown> = {};
  for (const [name, member] of input.structIterator()) {
    const { httpLabel, httpQuery } = member.getMergedTraits();
    const label = httpLabel === undefined ? undefined : labels?.get(name);
    if (label !== undefined) members[name] = readText(member, decodeURIComponent(label), 'rest');
    const values = httpQuery === undefined ? undefined : parameters.get(httpQuery);
    if (values !== undefined) members[name] = readParameter(member, values);
  }
  return members;
}

function readParameter(member: NormalizedSchema, values: readonly string[]): unknown {
  if (!member.isListSchema()) return readText(member, values.at(-1) ?? '', 'rest');
  const item = member.getValueSchema();
  return values.map((value) => readText(item, value, 'rest'));
}

/** restXml, which only S3 uses. S3 reads its requests and writes its answers itself; this file has its refusals only. */
export const xml: Dialect = {
  name: 'xml',
  operationName: ({ method, path }) => `${method} ${path}`,
  readInput: unused,
  writeOutput: unused,
  writeRefusal({ queryCode, message, status }, _service, requestId) {
    // S3 is older than the query protocol, and has another name for an unknown key.
    const code = queryCode === 'InvalidClientTokenId' ? 'InvalidAccessKeyId' : queryCode;
    return {
      status,
      headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId },
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${escaped(code)}</Code><Message>${escaped(message)}</Message><RequestId>${requestId}</RequestId></Error>`,
    };
  },
};

function unused(): never {
  throw new Error('S3 reads its requests itself');
}
