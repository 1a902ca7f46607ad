import type { ApiServer } from '../../../core/ports/cluster-access.ts';
import { authorizeByToken, type ClusterCredentials } from '../cluster-token.ts';
import { HttpsReader, type HttpsReaderOptions } from './https-reader.ts';

/**
 * Servers of aggregated APIs answer through the API server, and one of them may send a byte now and then for ever. A function ends after its last
 * request and keeps what it has read, so that request must end: a scan, which begins none after a minute, has 110 seconds.
 */
const LONGEST_MILLISECONDS = 40_000;

/** A reader of one EKS API server with the role of the credentials. */
export const openReader = (
  server: ApiServer,
  credentials: ClusterCredentials,
  settings: Omit<HttpsReaderOptions, 'server' | 'authorize'>,
): HttpsReader =>
  new HttpsReader({
    ...{ server: server.endpoint.replace(/\/$/, ''), authorize: authorizeByToken(server, credentials) },
    ...{ longestMilliseconds: LONGEST_MILLISECONDS, ...settings },
  });
