/** Where a statement of the tables comes from: `sources.json`, by id. */
export interface DataSource {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  /** When it was read, YYYY-MM-DD. */
  readonly readOn: string;
}

/** How far the tables reach: `coverage.json`. */
export interface DataCoverage {
  /** The newest minor whose removals are known in full. A scan for a newer one is incomplete. */
  readonly newestMinor: string;
  /** The oldest minor whose removals are known. */
  readonly oldestMinor: string;
  /** When the tables were brought up to date, YYYY-MM-DD. */
  readonly updatedOn: string;
  /** What the newest minor's rows rest on. */
  readonly basis: string;
}
