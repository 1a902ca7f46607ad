/** A call that EKS does not answer fails after this time: four tries of ten seconds, and the pauses between them (adapters/aws/request-limits.ts). */
export const UNANSWERED_SECONDS = 45;

/**
 * After this time `conclude-upgrade` begins no call of its look at the cluster any more, and concludes without it. Its timeout has room for this, for
 * one call that EKS does not answer, and for its writes after that.
 */
export const LAST_LOOK_SECONDS = 60;

/** A full look takes 6 calls, 1 for each node group and 2 for each add-on, at two a second: 240 calls, or 150 and one without an answer. */
export const DEEP_LOOK_SECONDS = 120;

/**
 * After this time a cluster of discovery that could not be recorded is tried again: six times the timeout of the function, as Lambda recommends, so that
 * a message does not return while it is being processed.
 */
export const RECORD_AGAIN_SECONDS = 6 * DEEP_LOOK_SECONDS;

/** How often a cluster that discovery has listed is tried before its message goes to the dead-letter queue. */
export const RECORD_ATTEMPTS = 5;

/** A look of discovery that takes longer is in a Region whose EKS hardly answers. The rest of the fleet does not wait for its accounts. */
export const SLOW_LOOK_SECONDS = 10;

/** After this time discovery asks about no further account; its timeout is the longest that Lambda allows. */
export const DISCOVERY_SECONDS = 780;
