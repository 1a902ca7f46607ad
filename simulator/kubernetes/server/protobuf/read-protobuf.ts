import { StatusError } from '../../status-error.ts';
import { badRequest } from '../refusals.ts';
import { type FieldType, type Message, messages } from './messages.ts';
import { type WireField, wireFields } from './wire-format.ts';

export const protobufType = 'application/vnd.kubernetes.protobuf';

const magic = Buffer.from('k8s\0');
const envelope: Message = { 1: ['type', { 1: ['apiVersion', 'string'], 2: ['kind', 'string'] }] };
const rawField = 2;

/** 415 with the alternative: any kind may be sent as JSON. */
function unreadKind(kind = 'that kind'): StatusError {
  const message = `the local cloud reads no Protocol Buffers of ${kind}: send it as JSON, as kubectl create -f and kubectl apply do`;
  return new StatusError(415, { reason: 'UnsupportedMediaType', message });
}

/**
 * A body in the encoding of Go's typed clients (and so of `kubectl drain` and `auth can-i` since 1.32): `k8s\0`, then `runtime.Unknown` around the
 * object. The result equals the JSON of the object without empty strings.
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
    if (message === undefined) throw unreadKind(type.kind);
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
    if (name === undefined || type === undefined) continue;
    const value = fieldValue(type, field, decoded[name]);
    if (value !== undefined && value !== '') decoded[name] = value;
  }
  return decoded;
}

/** The new value of a field from its previous one. */
function fieldValue(type: FieldType, { bytes, value }: WireField, before: unknown): unknown {
  if (type === 'integer') return value;
  if (type === 'boolean') return value === undefined ? undefined : value !== 0;
  if (bytes === undefined) return undefined;
  if (type === 'string') return bytes.toString();
  if (type === 'strings') return [...((before as string[] | undefined) ?? []), bytes.toString()];
  if (type === 'map') return { ...(before as object | undefined), ...mapEntry(bytes) };
  if (type === 'intOrString') {
    const { kind = 0, number = 0, text = '' } = decode(intOrString, bytes);
    return kind === 0 ? number : text;
  }
  if (!isList(type)) return decode(type, bytes);
  return [...((before as object[] | undefined) ?? []), decode(type[0], bytes)];
}

const intOrString: Message = { 1: ['kind', 'integer'], 2: ['number', 'integer'], 3: ['text', 'string'] };

function mapEntry(bytes: Buffer): Record<string, unknown> {
  const { key = '', value = '' } = decode({ 1: ['key', 'string'], 2: ['value', 'string'] }, bytes);
  return { [String(key)]: value };
}

const isList = (type: Message | readonly [Message]): type is readonly [Message] => Array.isArray(type);
