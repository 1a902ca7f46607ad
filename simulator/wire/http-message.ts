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
}
