import { badRequest, unsupportedMediaType } from '../refusals.ts';
import { type Message, messages } from './messages.ts';
import { wireFields } from './wire-format.ts';

export const protobufType = 'application/vnd.kubernetes.protobuf';

const magic = Buffer.from('k8s\0');
const envelope: Message = { 1: ['type', { 1: ['apiVersion', 'string'], 2: ['kind', 'string'] }] };
const rawField = 2;

/**
 * A body in the encoding that Go's typed clients (and so `kubectl drain` and `auth can-i` since 1.32) send: `k8s\0`, then
 * `runtime.Unknown` around the object. It comes back as the JSON of the same object would, empty strings left out.
 *
 * @throws StatusError 400 for a broken one, 415 for a kind that this server does not read.
 */
export function readProtobuf(body: Buffer): Record<string, unknown> {
  if (!body.subarray(0, magic.length).equals(magic))
    throw badRequest('the body of the request is not Protocol Buffers');
  try {
    const unknown = body.subarray(magic.length);
    const { type = {} } = decode(envelope, unknown) as { type?: { apiVersion?: string; kind?: string } };
    const raw = wireFields(unknown).find(({ number }) => number === rawField)?.bytes ?? Buffer.alloc(0);
    const message = messages[type.kind ?? ''];
    if (message === undefined) throw unsupportedMediaType();
    return { ...type, ...decode(message, raw) };
  } catch (error) {
    if (error instanceof RangeError) throw badRequest(`the body of the request is broken: ${error.message}`);
    throw error;
  }
}

function decode(message: Message, bytes: Buffer): Record<string, unknown> {
  const decoded: Record<string, unknown> = {};
  for (const field of wireFields(bytes)) {
    const [name, type] = message[field.number] ?? [];
    if (name === undefined || type === undefined || field.bytes === undefined) continue;
    const text = field.bytes.toString();
    if (type === 'strings') decoded[name] = [...((decoded[name] as string[] | undefined) ?? []), text];
    else if (type !== 'string') decoded[name] = decode(type, field.bytes);
    else if (text !== '') decoded[name] = text;
  }
  return decoded;
}
