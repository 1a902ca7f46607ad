import { XmlCodec } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { Refusal } from './refusal.ts';
import type { OperationModel } from './service-model.ts';

/** The namespace is on the outermost element, which the codec does not write. */
const codec = new XmlCodec({
  timestampFormat: { useTrait: true, default: 5 },
  xmlNamespace: '',
  serviceNamespace: '',
});

/** `<PublishResponse><PublishResult>…</PublishResult><ResponseMetadata>…`, the result only of operations that have one. */
export function writeXml(
  output: object,
  { name, output: schema }: OperationModel,
  namespace: string | undefined,
  requestId: string,
): string {
  const result = schema.isUnitSchema() ? '' : elementOf(schema, `${name}Result`, output);
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  return `<${name}Response${attribute(namespace)}>${result}${metadata}</${name}Response>`;
}

export function writeXmlRefusal(
  { queryCode, status, message, fields, schema }: Refusal,
  namespace: string | undefined,
  requestId: string,
): string {
  const type = status < 500 ? 'Sender' : 'Receiver';
  const head = `<Type>${type}</Type><Code>${escaped(queryCode)}</Code><Message>${escaped(message)}</Message>`;
  const own = Object.fromEntries(Object.entries(fields).filter(([name]) => name.toLowerCase() !== 'message'));
  const further = schema === undefined ? '' : contentOf(elementOf(schema, 'Error', own));
  return `<ErrorResponse${attribute(namespace)}><Error>${head}${further}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
}

/** The codec names an element after its shape, so the shape is copied under another name. */
function elementOf(schema: NormalizedSchema, name: string, value: object): string {
  const [, namespace, , , members, references] = schema.getSchema() as unknown as StructureTuple;
  const serializer = codec.createSerializer();
  serializer.write(NormalizedSchema.of([3, namespace, name, 0, members, references]), value);
  return String(serializer.flush());
}

type Structure = Extract<Parameters<typeof NormalizedSchema.of>[0], readonly [3, ...unknown[]]>;
type StructureTuple = readonly [unknown, string, string, unknown, Structure[4], Structure[5]];

/** The text between the tags; empty for `<Error/>`. */
const contentOf = (element: string): string => /^<Error>(.*)<\/Error>$/s.exec(element)?.[1] ?? '';

const attribute = (namespace: string | undefined) => (namespace === undefined ? '' : ` xmlns="${namespace}"`);

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
export const escaped = (text: string): string => text.replace(/[&<>]/g, (letter) => escapes[letter] ?? letter);
