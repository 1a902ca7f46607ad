/** Channels that are there without being written, and their targets; one that is applied under the same name replaces it. */
export const builtInChannels: Readonly<Record<string, string>> = {
  rapid: 'latest',
  stable: 'latest-1',
  extended: 'oldest-in-standard-support',
};
