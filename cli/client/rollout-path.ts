export const rolloutPath = (id: string): string => `/v1/rollouts/${encodeURIComponent(id)}`;
