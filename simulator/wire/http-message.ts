/** An HTTP request with its whole body, unchanged, because signatures cover these bytes. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query, undecoded. */
  readonly target: string;
  /** Names in lower case; several of one name joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  /** The connection breaks at the end of the body, before the announced length. */
  readonly breaksOff?: boolean;
}

/** The same bytes, not a copy. `Buffer.from` would turn the SDK's own kind of bytes into text, with a warning. */
export const bytesOf = (body: string | Uint8Array): Buffer =>
  typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
