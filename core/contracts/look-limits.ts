/** A call that EKS does not answer takes so long to fail: four tries of ten seconds, and the pauses between them (adapters/aws/request-limits.ts). */
export const UNANSWERED_SECONDS = 45;

/**
 * After so long `conclude-upgrade` begins no call of its look at the cluster any more, and concludes without it. Its timeout has room for this, for one
 * call that EKS does not answer, and for what it writes then.
 */
export const LAST_LOOK_SECONDS = 60;

/** A deep look takes 6 calls, one for each node group and two for each add-on, at two a second: 240 calls, and one that EKS does not answer. */
export const DEEP_LOOK_SECONDS = 120;
