/** A version of a configuration file that a component reads: no object of a cluster, though ConfigMaps and kubeconfigs embed it. */
export interface ComponentConfigRow {
  readonly group: string;
  readonly version: string;
  readonly kinds: readonly string[];
  /** First minor of the component that refuses it. */
  readonly removed: string;
  /** `group/version` to write instead. */
  readonly replacement: string;
  /** Where it is found: in a ConfigMap that a custom scheduler mounts, in a kubeconfig, or in a file of the control plane (never on EKS). */
  readonly foundIn: 'config-map' | 'kubeconfig' | 'control-plane';
  readonly note: string | null;
  /** An entry of `sources.json`. */
  readonly source: string;
}
