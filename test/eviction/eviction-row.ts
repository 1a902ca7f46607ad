import type { PlainObject } from './plain-objects.ts';

/** One request to the eviction subresource. */
export interface Eviction {
  readonly namespace: string;
  readonly name: string;
  /** The name in the URL, where it is another than that in the body. */
  readonly nameInUrl?: string;
  readonly dryRun?: true;
  /** Preconditions of `deleteOptions`. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

/** What the budget says just before the eviction, and what the eviction is answered with. */
export interface Expectation {
  /** `status.expectedPods` */
  readonly expected?: number;
  /** `status.desiredHealthy` */
  readonly desired?: number;
  /** `status.currentHealthy` */
  readonly healthy?: number;
  /** `status.disruptionsAllowed`; absent where no budget or more than one is about the pod. */
  readonly allowed?: number;
  /** Reason of the budget's condition `DisruptionAllowed`. */
  readonly reason?: 'SufficientPods' | 'InsufficientPods' | 'SyncFailed';
  /** 201 means that the pod goes, or that it would in a dry run. */
  readonly code: 201 | 400 | 403 | 404 | 409 | 429 | 500;
  /** Message of the one cause in `details`. */
  readonly cause?: string;
  readonly message?: string;
  /** 0 is what `details` leaves out: whoever asks again may do so at once. */
  readonly retryAfterSeconds?: number;
}

/** A world of plain Kubernetes objects and what becomes of an eviction in it. Whoever judges needs no other knowledge than the row. */
export interface EvictionRow {
  /** A sentence that is true of Kubernetes. Unique. */
  readonly row: string;
  /** Where Kubernetes' own tests or its documentation say so. */
  readonly upstream: string;
  readonly objects: readonly PlainObject[];
  readonly evict: Eviction;
  readonly expect: Expectation;
  /** Further evictions in turn, in the world that the ones before left behind: evicted pods are gone and no controller has made others. */
  readonly afterwards?: readonly { readonly evict: Eviction; readonly expect: Expectation }[];
  /**
   * The disruption controller has not looked since: what `status` of the budget says is what counts, be it right or not. Otherwise the
   * controller looks before every eviction, and of a given `status` only `disruptedPods` and `observedGeneration` matter to it.
   */
  readonly controllerIsBehind?: true;
}
