/** What a person took out of one rollout stays out of it, whatever is planned anew. */
export const SKIPPED = 'Skipped';
