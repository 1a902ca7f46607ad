import { ClusterAccessError, type ClusterAccessErrorName } from '../../core/ports/cluster-access.ts';

/** `meta/v1 Status`: the body of every answer that is no object and no list. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: ListMetadata;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code: number;
}

/** `continue`, where a list can continue nevertheless. */
type ListMetadata = Readonly<Record<string, string>>;

export interface StatusDetails {
  /** The name of the object in question. */
  readonly name?: string;
  readonly group?: string;
  /** The resource, in the plural: `pods`. */
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly { readonly reason?: string; readonly message?: string; readonly field?: string }[];
  /** The value of the `Retry-After` header too. */
  readonly retryAfterSeconds?: number;
}

/** A refusal of the API server: the answer of its HTTP server, and one of the port's error names for callers in this process. */
export class StatusError extends ClusterAccessError {
  readonly status: Status;

  constructor(code: number, said: Pick<Status, 'reason' | 'details'> & { message: string; metadata?: ListMetadata }) {
    const { message, reason, details, metadata = {} } = said;
    super(errorNames[code] ?? 'ClusterServerFault', message);
    this.status = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata,
      status: 'Failure',
      message,
      ...(reason === undefined ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    };
  }
}

const errorNames: Readonly<Record<number, ClusterAccessErrorName>> = {
  401: 'ClusterUnauthorized',
  403: 'ClusterForbidden',
};
