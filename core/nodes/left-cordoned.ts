import { some } from '../model/words.ts';

/** The nodes that a drain has left cordoned, and what becomes of them. */
export const leftCordoned = (nodes: readonly string[]): string =>
  `Left cordoned: ${some(nodes, 5)}. Whoever owns them ends them, or takes them into use again (kubectl uncordon NODE).`;

/** The command that ends a drain that runs or waits, and takes its cordons back. */
export const wayToCancel = (nodegroup: string, cluster: string): string =>
  `liftlock drain nodegroup ${nodegroup} --cluster ${cluster} --cancel`;
