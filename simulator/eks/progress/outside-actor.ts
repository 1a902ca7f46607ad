/** An action of another actor than the caller at `at` (epoch milliseconds), as plain data. */
export type OutsideActor = { at: number; account: string; region: string } & (
  | {
      /** Any EKS operation by that principal: a manual upgrade, Terraform's, a changed policy. */
      do: 'operation';
      principal: string;
      operation: string;
      input: Record<string, unknown>;
    }
  /** AWS upgrades the control plane by force, whatever the calendar says. */
  | { do: 'auto-upgrade'; cluster: string }
  | { do: 'delete-cluster'; cluster: string }
  /** Same name and ARN, another creation time, no node groups; without `version` it has the old one's. */
  | { do: 'recreate-cluster'; cluster: string; version?: string }
  /** It does not matter what the group is doing. EKS does not document what happens to a running update, which can no longer be read. */
  | { do: 'delete-node-group'; cluster: string; nodegroup: string; recreated: boolean }
  /** The owner deletes a PodDisruptionBudget. */
  | { do: 'delete-pod-disruption-budget'; cluster: string; namespace: string; name: string }
  /** A team deploys another image; with `crashes`, one that does not start. */
  | { do: 'deploy'; cluster: string; namespace: string; name: string; image: string; crashes: boolean }
  /** The clients of that API path stop calling it. */
  | { do: 'stop-api-clients'; cluster: string; usage: string }
);
