/** An object as it was written: raw JSON of any kind, at its writer's `apiVersion`. Readers get it at the version that they request. */
export interface StoredObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: StoredMetadata;
  readonly [member: string]: unknown;
}

/** `metadata`; uid and creationTimestamp are generated where they are absent, resourceVersion always. */
export interface StoredMetadata {
  readonly name: string;
  /** Absent for kinds without a namespace. */
  readonly namespace?: string;
  readonly [member: string]: unknown;
}

/** `apps/v1` → `apps`; empty for the core group. */
export function groupOf({ apiVersion }: { readonly apiVersion: string }): string {
  const [group = '', version] = apiVersion.split('/');
  return version === undefined ? '' : group;
}

/** An object's member as an object; empty where it is none. */
export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** An object's member as a list; empty where it is none. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** An object's member as texts, others left out. */
export function texts(value: unknown): string[] {
  return list(value).filter((each) => typeof each === 'string');
}
