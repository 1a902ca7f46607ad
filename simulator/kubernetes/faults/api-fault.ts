/** 429: the API server's priority and fairness has no seat for the request. */
export interface TooManyRequests extends Aim {
  kind: 'too-many-requests';
  /** 0: without a `Retry-After`. */
  retryAfterSeconds: number;
}

/** A 5xx of the API server itself. */
export interface ServerError extends Aim {
  kind: 'server-error';
  /** 500 when absent. */
  status?: number;
  /** The value of `Retry-After`, which is left out when absent. */
  retryAfterSeconds?: number;
}

/** Every token is valid for this number of requests, and gets a 401 from then on; a new token is valid again. */
export interface ExpiringToken {
  kind: 'expiring-token';
  requests: number;
  /** Requests by the digest of their token; counted here. */
  used?: Record<string, number>;
}

/** 410 for one page of a list, once: etcd was compacted between two pages. Its token continues with the present state. */
export interface ExpiredPage extends Omit<Aim, 'skip'> {
  kind: 'expired-page';
  /** 2 is the first page that has a `continue`; there is no 410 for page 1. */
  page: number;
  /** Pages that were requested since the beginning of a list; counted here. */
  read?: number;
}

/** A 200 with a damaged body: the transfer ends well, but its JSON does not parse. */
export interface DamagedBody extends Aim {
  kind: 'damaged-body';
  /** Half of the answer, or the page of a proxy on the way. */
  damage: 'truncated' | 'foreign';
}

/** The requests that a fault affects. */
export interface Aim {
  /**
   * `deployments.apps`, `pods`: that resource at any version; `pods/eviction`: that subresource. `/metrics`, `/apis`, `/apis/*`: a path that names no
   * resource. `*`: every request.
   */
  on: string;
  /** The number of requests that pass first; 0 when absent. */
  skip?: number;
  /** The number of affected requests; all when absent. */
  times?: number;
}

/** 403 with the text of a missing permission, whatever the caller's roles allow. */
interface ForbiddenRequest extends Aim {
  kind: 'forbidden';
}

/** The answer is delayed. It applies to the HTTP server only: readers in this process are answered at once. */
interface Delay extends Aim {
  kind: 'delay';
  /** By this machine's clock. */
  milliseconds: number;
}

/** The connection ends: instead of an answer, or half way through its body, before the length in `content-length`. */
interface ConnectionReset extends Aim {
  kind: 'connection-reset';
  when: 'before-answer' | 'during-body';
}

/**
 * The faults of requests to one cluster's API server, as plain JSON in its state, for the HTTP server and for readers in this process. A fault that
 * counts requests changes with them, and leaves the state when it is used up.
 */
export type ApiFault =
  | TooManyRequests
  | ForbiddenRequest
  | ServerError
  | ExpiredPage
  | DamagedBody
  | Delay
  | ConnectionReset
  | ExpiringToken;

/** Faults that depend on what a request asks for. */
export type AimedFault = Exclude<ApiFault, ExpiringToken>;
