import type { SecretOf } from './authenticate.ts';
import type { AwsCall, ServiceName } from './aws-call.ts';
import type { HttpAnswer, HttpRequest } from './http-message.ts';

/** What is known of a request that is passed on as it came. */
export interface PassedRequest extends Pick<AwsCall, 'region' | 'signer' | 'requestId' | 'origin'> {
  /** As `X-Amz-Target` or `Action` says. */
  readonly operation?: string;
}

export type PassThrough = (request: HttpRequest, context: PassedRequest) => Promise<HttpAnswer>;

export interface WireOptions {
  /** Of 127.0.0.1; absent or 0 takes a free one. */
  readonly port?: number;
  /** The operations that are modelled. A name that AWS does not have makes every call to its service fail, loudly. */
  readonly services: Readonly<Partial<Record<ServiceName, readonly string[]>>>;
  /** Answers in the SDK's shapes, or throws AwsFault or an error with `$metadata.httpStatusCode`. */
  serve(call: AwsCall): Promise<object>;
  /** Services which read their requests themselves. */
  readonly passThrough?: Readonly<Partial<Record<ServiceName, PassThrough>>>;
  /** Whatever is for no service above: other services' names in the signature, and unsigned requests. Undefined: not for this one either. */
  other?(request: HttpRequest): Promise<HttpAnswer | undefined>;
  /** The secret of a key. With it, requests are refused that no known key signed; without it, signatures are not verified. */
  readonly secretOf?: SecretOf;
  /** Every request runs inside, from its first byte to its answer: virtual time is held so long. */
  around?<T>(work: () => Promise<T>): Promise<T>;
  /** Somebody asked for what AWS has and this server has not; it was answered with 501. */
  onUnmodelled(service: string, operation: string): void;
  /** `serve`, `passThrough` or `other` threw what is no answer of AWS, or answered in no shape of AWS; it was answered with 500. */
  onFailure(error: unknown, call: AwsCall | undefined): void;
  /** Bytes of a request's body, compressed or not. */
  readonly bodyLimit?: number;
}

export const BODY_LIMIT = 8 * 1024 * 1024;
