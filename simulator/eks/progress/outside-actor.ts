/** What somebody other than the caller does at `at` (epoch milliseconds), as plain data. */
export type OutsideActor = { at: number; account: string; region: string } & (
  | {
      /** Any EKS operation by that principal: an upgrade by hand, Terraform's, a changed policy. */
      do: 'operation';
      principal: string;
      operation: string;
      input: Record<string, unknown>;
    }
  /** AWS upgrades the control plane by force, whatever the calendar says. */
  | { do: 'auto-upgrade'; cluster: string }
  | { do: 'delete-cluster'; cluster: string }
  /** Same name and ARN, another creation time, no node groups; `version` absent = the old one's. */
  | { do: 'recreate-cluster'; cluster: string; version?: string }
  /** Whatever it is doing. EKS does not document what becomes of an update there: nobody can ask for it any more. */
  | { do: 'delete-node-group'; cluster: string; nodegroup: string; recreated: boolean }
  /** The owner takes a PodDisruptionBudget away. */
  | { do: 'delete-pod-disruption-budget'; cluster: string; namespace: string; name: string }
  /** A team deploys another image; with `crashes`, one that does not start. */
  | { do: 'deploy'; cluster: string; namespace: string; name: string; image: string; crashes: boolean }
  /** The clients of that API path stop calling it. */
  | { do: 'stop-api-clients'; cluster: string; usage: string }
);
