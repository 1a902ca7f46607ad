import type { ApiServer } from './cluster-access.ts';

/**
 * Plain GETs to one cluster's API server, for a scan. core/scan interprets the answers (discovery, lists, pages, metrics). An implementation renews
 * its credentials by itself, never reveals headers or credentials, and sends a user agent that begins with `liftlock-scan`.
 */
export interface ClusterReader {
  /** @throws ClusterAccessError `ClusterUnreachable` when no answer came; every answer is returned, including 4xx and 5xx */
  get(request: ReadRequest): Promise<ReadAnswer>;
}

export interface ReadRequest {
  /** Includes the query: `/apis/apps/v1/deployments?limit=500`. */
  readonly path: string;
  /** The `Accept` header; default `application/json`. */
  readonly accept?: string;
  /** Uses a connection of its own, which may reach another one of the API servers behind the endpoint. */
  readonly newConnection?: boolean;
  /** Receives the items of a list one by one, so that no page has to be in memory; `text` of the answer is then without them. */
  readonly items?: ItemSink;
}

/** Receives the items of a list. */
export interface ItemSink {
  /** Called before the first item, and again when the reader has to repeat the request: earlier items do not count then. */
  begin(): void;
  /** Gets the text of one item, unchanged. Never throws. */
  item(text: string): void;
}

export interface ReadAnswer {
  readonly status: number;
  /** The body as text, whatever its type. A body longer than the implementation's `maxBytes` throws `ClusterServerFault`. */
  readonly text: string;
  /** For a 429 or 503: how long to wait, where the answer says it. */
  readonly retryAfterSeconds?: number;
}

/** Plain reads of any cluster's API server, for scans. */
export interface ClusterReaders {
  /** It sends nothing yet. The reader reports failures request by request. */
  open(server: ApiServer): OpenCluster;
}

/** One cluster for the duration of one look. */
export interface OpenCluster {
  /** Sends one request at a time, with a pause between two, because a scan has the lowest priority. */
  readonly reader: ClusterReader;
  /** Resolves after so many seconds of the port's clock. */
  wait(seconds: number): Promise<void>;
  close(): void;
}
