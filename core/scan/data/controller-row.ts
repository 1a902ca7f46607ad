/** A well-known controller that runs in clusters, and which Kubernetes minors each of its releases supports. */
export interface ControllerRow {
  /** `cert-manager` */
  readonly component: string;
  /** Repositories of its images without registry, matched at the end: `jetstack/cert-manager-controller`. Mirrors keep the last parts. */
  readonly images: readonly string[];
  /** Releases, the oldest first. A version counts for the last row that is not newer than it, by `release`. */
  readonly releases: readonly ControllerRelease[];
  /** How far to trust the ranges: `tested` by its makers, or a `minimum` that they name and nothing more. */
  readonly basis: 'tested' | 'minimum';
  /** Where new releases and their ranges are told. An entry of `sources.json`. */
  readonly source: string;
  /** Its last release; null while it is maintained. */
  readonly retired: string | null;
}

export interface ControllerRelease {
  /** `1.18`: the release line that the range is about. */
  readonly release: string;
  /** Kubernetes minors, both inclusive; `max` null when its makers name none. */
  readonly min: string;
  readonly max: string | null;
}
