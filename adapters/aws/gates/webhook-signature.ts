import { createHmac } from 'node:crypto';

export const SIGNATURE_HEADER = 'liftlock-signature';

/** What is signed; a receiver verifies exactly this (docs/gates.md). */
export interface Signed {
  readonly method: string;
  /** Whole, as it is called, query included. */
  readonly url: string;
  readonly body: string;
}

/** `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.METHOD.URL.body">`. The time lets a receiver refuse what is replayed later. */
export function signature(secret: Buffer, at: Date, { method, url, body }: Signed): string {
  const t = Math.floor(at.getTime() / 1000);
  const digest = createHmac('sha256', secret).update(`${t}.${method}.${url}.${body}`).digest('hex');
  return `t=${t},v1=${digest}`;
}
