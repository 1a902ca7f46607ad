import type { ApiServer } from './cluster-access.ts';

/**
 * Plain GETs to one cluster's API server, for a scan. What they mean (discovery, lists, pages, metrics) is read in core/scan. An
 * implementation renews its credentials by itself, never lets headers or credentials out, and sends a user agent that begins with
 * `liftlock-scan`.
 */
export interface ClusterReader {
  /**
   * @throws ClusterAccessError `ClusterUnreachable` when no answer came; every answer that came, 4xx and 5xx too, is returned.
   */
  get(request: ReadRequest): Promise<ReadAnswer>;
}

export interface ReadRequest {
  /** With its query: `/apis/apps/v1/deployments?limit=500`. */
  readonly path: string;
  /** The `Accept` header; default `application/json`. */
  readonly accept?: string;
  /** Over a connection of its own: behind one endpoint there are several API servers, and a new one may be met. */
  readonly newConnection?: boolean;
  /** Takes the items of a list one by one, so that no page has to stand in memory; `text` of the answer is then without them. */
  readonly items?: ItemSink;
}

/** Where the items of a list go. */
export interface ItemSink {
  /** Called before the first item, and again when the reader has to ask once more: what came before does not count. */
  begin(): void;
  /** The text of one item, as it came. Never throws. */
  item(text: string): void;
}

export interface ReadAnswer {
  readonly status: number;
  /** The body as text, whatever its type. At most `maxBytes` of the implementation; longer answers throw `ClusterServerFault`. */
  readonly text: string;
  /** Of a 429 or 503: how long to wait, where it said so. */
  readonly retryAfterSeconds?: number;
}

/** Plain reads of any cluster's API server, for scans. */
export interface ClusterReaders {
  /** Nothing is sent yet. What cannot be reached or is refused is told by the reader, request by request. */
  open(server: ApiServer): OpenCluster;
}

/** One cluster for as long as one look at it lasts. */
export interface OpenCluster {
  /** Asks for one thing at a time, with a pause between two requests: a scan comes after everybody else. */
  readonly reader: ClusterReader;
  /** Resolves after so many seconds of the port's clock. */
  wait(seconds: number): Promise<void>;
  close(): void;
}
