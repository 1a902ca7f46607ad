import type { MetricMinute } from './account.ts';

/** Whom a policy has asked. */
export type PrometheusApi =
  | {
      /** Where the API is: https, and what comes before `/api/v1`. */
      readonly url: string;
      /** The secret whose value is sent as bearer token, by the ARN of Secrets Manager; absent = none is sent. */
      readonly secret?: string | undefined;
    }
  | {
      /** The ARN of a workspace of Amazon Managed Service for Prometheus. */
      readonly workspace: string;
    };

/** A query of a Prometheus API, as a policy names it, with the cluster's name in it. */
export type AskedQuery = PrometheusApi & {
  /** PromQL of one series, whose value at an instant is what was counted in the minute before it. */
  readonly query: string;
};

/** Asks what speaks the HTTP API of Prometheus. https://prometheus.io/docs/prometheus/latest/querying/api/ */
export interface Prometheus {
  /**
   * What the query came to in each whole minute from `from` (in it) to `to` (not in it); a minute that has no value is missing. Fails with
   * `QueryRefused`, `UrlRefused` or `SecretUnreadable` where asking again is no use, with `UrlUnreachable` or `IncompleteAnswer` where it may be, and
   * as AWS denies where a workspace may not be asked.
   */
  readMinutes(
    asked: AskedQuery,
    allowedHosts: readonly string[],
    span: { readonly from: Date; readonly to: Date },
  ): Promise<readonly MetricMinute[]>;
}
