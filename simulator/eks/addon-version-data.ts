/** A version of an EKS add-on and the minors it is listed for; `defaultFor` are those where it is the default. */
export interface AddonVersionRow {
  readonly version: string;
  readonly minors: readonly string[];
  readonly defaultFor: readonly string[];
}

/**
 * Add-on versions per minor, newest first, as DescribeAddonVersions would list them. Shapes follow facts: eks.md §7 (one
 * vpc-cni for all minors, kube-proxy paired with the minor and listed while within its skew); build numbers are plausible.
 */
export const addonVersionData: Readonly<Record<string, readonly AddonVersionRow[]>> = {
  'vpc-cni': [
    row('v1.23.1-eksbuild.1', '1.31', '1.37', ['1.35', '1.36', '1.37']),
    row('v1.22.2-eksbuild.1', '1.31', '1.37', []),
    row('v1.21.1-eksbuild.3', '1.31', '1.36', ['1.34']),
    row('v1.20.4-eksbuild.2', '1.31', '1.35', ['1.32', '1.33']),
    row('v1.19.6-eksbuild.7', '1.31', '1.34', ['1.31']),
    row('v1.18.6-eksbuild.1', '1.31', '1.32', []),
  ],
  coredns: [
    row('v1.14.1-eksbuild.4', '1.35', '1.37', ['1.37']),
    row('v1.13.2-eksbuild.6', '1.34', '1.37', ['1.35', '1.36']),
    row('v1.12.4-eksbuild.10', '1.33', '1.36', ['1.34']),
    row('v1.12.1-eksbuild.5', '1.33', '1.35', ['1.33']),
    row('v1.11.4-eksbuild.33', '1.31', '1.34', ['1.31', '1.32']),
    row('v1.11.3-eksbuild.2', '1.31', '1.32', []),
  ],
  'kube-proxy': [
    row('v1.37.1-eksbuild.2', '1.37', '1.37', ['1.37']),
    row('v1.36.0-eksbuild.14', '1.36', '1.37', ['1.36']),
    row('v1.35.3-eksbuild.5', '1.35', '1.37', ['1.35']),
    row('v1.34.5-eksbuild.8', '1.34', '1.37', ['1.34']),
    row('v1.33.10-eksbuild.13', '1.33', '1.36', ['1.33']),
    row('v1.32.13-eksbuild.6', '1.32', '1.35', ['1.32']),
    row('v1.31.14-eksbuild.9', '1.31', '1.34', ['1.31']),
  ],
  'aws-ebs-csi-driver': [
    row('v1.62.0-eksbuild.1', '1.32', '1.37', ['1.36', '1.37']),
    row('v1.55.0-eksbuild.2', '1.31', '1.37', ['1.34', '1.35']),
    row('v1.48.0-eksbuild.2', '1.31', '1.36', ['1.32', '1.33']),
    row('v1.40.1-eksbuild.1', '1.31', '1.35', ['1.31']),
    row('v1.35.0-eksbuild.1', '1.31', '1.33', []),
  ],
  'eks-pod-identity-agent': [
    row('v1.4.2-eksbuild.1', '1.31', '1.37', ['1.34', '1.35', '1.36', '1.37']),
    row('v1.3.10-eksbuild.2', '1.31', '1.37', ['1.31', '1.32', '1.33']),
    row('v1.3.4-eksbuild.1', '1.31', '1.34', []),
  ],
};

function row(version: string, first: string, last: string, defaultFor: readonly string[]): AddonVersionRow {
  const from = Number(first.slice(2));
  const minors = Array.from({ length: Number(last.slice(2)) - from + 1 }, (_, index) => `1.${from + index}`);
  return { version, minors, defaultFor };
}
