import type { ApiServer } from '../../../core/ports/cluster-access.ts';
import { authorizeByToken, type ClusterCredentials } from '../cluster-token.ts';
import { HttpsReader, type HttpsReaderOptions } from './https-reader.ts';

/** A reader of one EKS API server with the role of the credentials. */
export const openReader = (
  server: ApiServer,
  credentials: ClusterCredentials,
  settings: Omit<HttpsReaderOptions, 'server' | 'authorize'>,
): HttpsReader =>
  new HttpsReader({
    ...{ server: server.endpoint.replace(/\/$/, ''), authorize: authorizeByToken(server, credentials) },
    ...settings,
  });
