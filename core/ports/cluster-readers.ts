import type { ClusterTarget } from './cluster-access.ts';
import type { ClusterReader } from './cluster-reader.ts';

/** Plain reads of any cluster's API server, for scans. */
export interface ClusterReaders {
  /** Nothing is sent yet. What cannot be reached or is refused is told by the reader, request by request. */
  open(target: ClusterTarget): OpenCluster;
}

/** One cluster for as long as one look at it lasts. */
export interface OpenCluster {
  /** Asks for one thing at a time, with a pause between two requests: a scan comes after everybody else. */
  readonly reader: ClusterReader;
  /** Resolves after so many seconds of the port's clock. */
  wait(seconds: number): Promise<void>;
  close(): void;
}
