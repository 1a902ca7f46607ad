/** Replaces `{cluster}` by the cluster's name, in which EKS allows only letters, digits, hyphens and underscores. */
export const fillCluster = (text: string, cluster: string): string => text.replaceAll('{cluster}', cluster);
