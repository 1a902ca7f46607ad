/** An HTTP request with its whole body, as it came: signatures are over these bytes. */
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
  /** The connection breaks where the body ends, and more of it was to come. */
  readonly breaksOff?: boolean;
}

/** The same bytes, not a copy. The SDK's own kind of bytes makes a text of itself where `Buffer.from` takes it, and warns. */
export const bytesOf = (body: string | Uint8Array): Buffer =>
  typeof body === 'string' ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
