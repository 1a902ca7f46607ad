/** `{cluster}` in what a policy names stands for the cluster's name, in which EKS allows letters, digits, hyphens and underscores alone. */
export const fillCluster = (text: string, cluster: string): string => text.replaceAll('{cluster}', cluster);
