import type { ApiRequest } from './call.ts';

/** An answered request, for tests of a client's requests. */
export interface ServedRequest {
  readonly method: string;
  /** With the cluster's prefix, as it was sent. */
  readonly path: string;
  readonly query: string;
  readonly accept?: string;
  readonly userAgent?: string;
  /** Absent where the connection ended without an answer. */
  readonly status?: number;
}

export function servedRequest({ method, path, query, headers }: ApiRequest, status: number | undefined): ServedRequest {
  const { accept, 'user-agent': userAgent } = headers;
  return {
    ...{ method, path, query: query.toString() },
    ...(accept === undefined ? {} : { accept }),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(status === undefined ? {} : { status }),
  };
}
