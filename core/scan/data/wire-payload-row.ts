/** A versioned payload between the API server and a webhook or client: never an object of a cluster, so no path serves it. */
export interface WirePayloadRow {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly introduced: string | null;
  readonly deprecated: string | null;
  /** First minor whose API server does not speak it; null while it does, even where the Go type carries a removal marker. */
  readonly removed: string | null;
  /** `group/version` to speak instead; null when none is needed. */
  readonly replacement: string | null;
  /** Where its version is written: `webhooks[].admissionReviewVersions`. */
  readonly writtenIn: string;
  readonly note: string;
  readonly source: string;
}
