/** The hash of a plan, as people pass it on. */
export const PLAN_HASH = {
  pattern: /^[0-9a-f]{64}$/,
  otherwise: 'is not the hash of a plan: 64 characters of 0-9 and a-f, as describe rollout prints it',
} as const;
