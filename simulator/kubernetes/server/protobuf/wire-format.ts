/** One field of a message on the wire: `bytes` for strings and messages, `value` for numbers of variable length. */
export interface WireField {
  readonly number: number;
  readonly bytes?: Buffer;
  readonly value?: number;
}

/**
 * The fields of a Protocol Buffers message, in order. Numbers of fixed length are skipped, because no served request contains one.
 * @throws RangeError for a message that ends too early or uses groups.
 */
export function wireFields(message: Buffer): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  while (at < message.length) {
    const tag = varint();
    const [number, type] = [tag >>> 3, tag & 7];
    if (type === 0) {
      fields.push({ number, value: varint() });
      continue;
    }
    if (type === 1 || type === 5) take(type === 1 ? 8 : 4);
    else if (type === 2) {
      fields.push({ number, bytes: take(varint()) });
      continue;
    } else throw new RangeError(`wire type ${type} is not known`);
    fields.push({ number });
  }
  return fields;

  function varint(): number {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError('a number ends too early');
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  }

  function take(length: number): Buffer {
    if (at + length > message.length) throw new RangeError('a field ends too early');
    at += length;
    return message.subarray(at - length, at);
  }
}
