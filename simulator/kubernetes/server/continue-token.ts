import { badRequest } from './refusals.ts';

/** Where a list continues: in the state of that revision (-1: in the present one), after the object with that key. */
export interface Continuation {
  readonly revision: number;
  readonly after: string;
}

/** In the form of upstream: base64url of JSON, `start` being the next possible key. */
export function continueToken({ revision, after }: Continuation): string {
  const text = JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `${after}\u0000` });
  return Buffer.from(text).toString('base64url');
}

/** @throws StatusError 400 for a token that no API server has written. */
export function readContinueToken(token: string): Continuation {
  const { v, rv, start } = parse(token);
  if (v !== 'meta.k8s.io/v1' || typeof rv !== 'number' || typeof start !== 'string' || !start.endsWith('\u0000'))
    throw badRequest('continue key is not valid: server does not recognize this encoded version');
  return { revision: rv, after: start.slice(0, -1) };
}

function parse(token: string): { v?: unknown; rv?: unknown; start?: unknown } {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    throw badRequest('continue key is not valid: it is not base64url of JSON');
  }
}
