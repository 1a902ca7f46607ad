/** An event at `at` (epoch milliseconds). Timers of one instant fire in the order of `sequence`. */
export interface Timer {
  at: number;
  sequence: number;
  event: TimerEvent;
}

/** Events of a cluster name it by ARN and creation time, so that they end with it. */
export type TimerEvent =
  | ({ kind: ClusterEventKind } & ClusterReference & { updateId?: string; nodegroupArn?: string })
  | { kind: 'actor'; index: number };

export type ClusterEventKind =
  | 'update-visible'
  | 'control-plane-ends'
  | 'auto-mode-nodes'
  | 'auto-mode-drift'
  | 'config-ends'
  | 'roll'
  | 'addon-ends'
  | 'insights-refreshed'
  | 'auto-upgrade'
  | 'nodegroup-step'
  | 'cluster-created'
  | 'cluster-deleted';

export interface ClusterReference {
  arn: string;
  createdAt: number;
}
