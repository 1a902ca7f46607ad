import type { MetricMinute } from './account.ts';

/** The API that a policy has queried. */
export type PrometheusApi =
  | {
      /** The https URL of the API, without `/api/v1`. */
      readonly url: string;
      /** The secret whose value is sent as bearer token, by the ARN of Secrets Manager; absent = none is sent. */
      readonly secret?: string | undefined;
    }
  | {
      /** The ARN of a workspace of Amazon Managed Service for Prometheus. */
      readonly workspace: string;
    };

/** A query of a policy to a Prometheus API, with the cluster's name filled in. */
export type AskedQuery = PrometheusApi & {
  /** PromQL that returns one series. Its value at an instant counts the minute before it. */
  readonly query: string;
};

/** Queries servers with the HTTP API of Prometheus. https://prometheus.io/docs/prometheus/latest/querying/api/ */
export interface Prometheus {
  /**
   * The value of the query in each whole minute from `from` (inclusive) to `to` (exclusive), without minutes that have none. Fails with
   * `QueryRefused`, `UrlRefused` or `SecretUnreadable` where a retry is useless, with `UrlUnreachable` or `IncompleteAnswer` where it may help, and
   * with AWS's denial where a workspace may not be queried.
   */
  readMinutes(
    asked: AskedQuery,
    allowedHosts: readonly string[],
    span: { readonly from: Date; readonly to: Date },
  ): Promise<readonly MetricMinute[]>;
}
