/** A call that EKS does not answer takes so long to fail: four tries of ten seconds, and the pauses between them (adapters/aws/request-limits.ts). */
export const UNANSWERED_SECONDS = 45;

/**
 * After so long `conclude-upgrade` begins no call of its look at the cluster any more, and concludes without it. Its timeout has room for this, for one
 * call that EKS does not answer, and for what it writes then.
 */
export const LAST_LOOK_SECONDS = 60;

/** A deep look takes 6 calls, one for each node group and two for each add-on, at two a second: 240 calls, or 150 and one that EKS does not answer. */
export const DEEP_LOOK_SECONDS = 120;

/** A look of discovery that takes longer is one into a Region whose EKS does not answer, or hardly: the rest of the fleet does not wait for its accounts. */
export const SLOW_LOOK_SECONDS = 10;

/** When discovery has taken so long it asks no further account of such a Region; its timeout is the longest that Lambda has. */
export const DISCOVERY_SECONDS = 780;
