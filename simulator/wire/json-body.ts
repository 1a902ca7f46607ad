import { JsonCodec2 } from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { readJsonValue } from './json-value.ts';
import type { Refusal } from './refusal.ts';
import { bytesOf } from './wire-options.ts';

/** The SDK's writer is strict enough. Times are seconds unless a trait says otherwise; no service here renames members in JSON. */
const codec = new JsonCodec2({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false });

/** Reads a body into the SDK's shapes; nothing counts as no members. Throws for bad JSON and for values of another type. */
export function readJson(schema: NormalizedSchema, text: string): object {
  return readJsonValue(schema, text === '' ? {} : JSON.parse(text)) as object;
}

export function writeJson(schema: NormalizedSchema, value: object): string {
  const serializer = codec.createSerializer();
  serializer.write(schema, value);
  return bytesOf(serializer.flush()).toString();
}

/** An error's body. AWS names the message `message` or `Message`, as the shape does. */
export function writeJsonRefusal({ name, message, fields, schema }: Refusal) {
  const namespace = schema?.getName(true)?.split('#')[0] ?? 'com.amazon.coral.service';
  const type = `${namespace}#${name}`;
  const member = schema === undefined ? undefined : messageMember(schema);
  const own = member === undefined ? { __type: type, message } : { __type: type };
  const modelled =
    schema === undefined ? '{}' : writeJson(schema, member === undefined ? fields : { ...fields, [member]: message });
  const head = JSON.stringify(own);
  return { type, body: modelled === '{}' ? head : `${head.slice(0, -1)},${modelled.slice(1)}` };
}

function messageMember(schema: NormalizedSchema): string | undefined {
  for (const [name] of schema.structIterator()) if (name.toLowerCase() === 'message') return name;
  return undefined;
}
