import { bytesOf } from './wire-options.ts';

test('bytes stay the same memory, and nobody makes a text of them', () => {
  class Speaking extends Uint8Array {
    override valueOf(): never {
      throw new Error('I was asked for a text.');
    }
  }
  const bytes = new Speaking(Buffer.from('{"a":1}')).subarray(1, 6);
  const read = bytesOf(bytes);
  expect(read.toString()).toBe('"a":1');
  bytes[1] = 'b'.charCodeAt(0);
  expect(read.toString()).toBe('"b":1');
  expect(bytesOf('ä').length).toBe(2);
});
