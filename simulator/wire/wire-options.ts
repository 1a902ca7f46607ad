import type { AwsCall, ServiceName } from './aws-call.ts';

export type SecretOf = (accessKeyId: string) => string | undefined | Promise<string | undefined>;

/** Facts about a request that is passed on unchanged. */
export interface PassedRequest extends Pick<AwsCall, 'region' | 'signer' | 'requestId' | 'origin'> {
  /** The name in `X-Amz-Target` or `Action`. */
  readonly operation?: string;
}

export type PassThrough = (request: HttpRequest, context: PassedRequest) => Promise<HttpAnswer>;

export interface WireOptions {
  /** A port of 127.0.0.1; absent or 0 takes a free one. */
  readonly port?: number;
  /** The modelled operations. A name that AWS does not have fails every call to its service. */
  readonly services: Readonly<Partial<Record<ServiceName, readonly string[]>>>;
  /** Answers in the SDK's shapes, or throws AwsFault or an error with `$metadata.httpStatusCode`. */
  serve(call: AwsCall): Promise<object>;
  /** Services that read their requests themselves. */
  readonly passThrough?: Readonly<Partial<Record<ServiceName, PassThrough>>>;
  /**
   * Answers requests for no service above: other services' names in the signature, and unsigned requests. Undefined when it does not answer either.
   */
  other?(request: HttpRequest): Promise<HttpAnswer | undefined>;
  /** The secret of a key. With it, requests without a signature by a known key are refused; without it, signatures are not verified. */
  readonly secretOf?: SecretOf;
  /** Every request runs inside, from its first byte to its answer, so that virtual time stands still. */
  around?<T>(work: () => Promise<T>): Promise<T>;
  /** Called for an operation of AWS that this server does not model; it was answered with 501. */
  onUnmodelled(service: string, operation: string): void;
  /** Called when `serve`, `passThrough` or `other` threw an error or gave an output that AWS cannot have; it was answered with 500. */
  onFailure(error: unknown, call: AwsCall | undefined): void;
  /** Bytes of a request's body, compressed or not. */
  readonly bodyLimit?: number;
}

export const BODY_LIMIT = 8 * 1024 * 1024;

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
