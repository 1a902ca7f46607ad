/** Mutations that the small run cannot see, and why that is so. */
export interface ExpectedSurvivor {
  readonly id: RegExp;
  readonly reason: string;
}

const ALL_VARIABLES = 'needless: every function gets every variable, and this one has no port that reads it';

/** Kept small: every row is a part of infra/ that nothing here shows the need of. */
export const EXPECTED_SURVIVORS: readonly ExpectedSurvivor[] = [
  { id: /^variable \S+ NODE_OPTIONS$/, reason: 'it makes stack traces readable, and nothing rests on that' },
  { id: /^variable liftlock-(?!discover-clusters )\S+ LIFTLOCK_CLUSTER_QUEUE_URL$/, reason: ALL_VARIABLES },
  {
    id: /^variable liftlock-(?!(?:api|reconcile-rollouts|request-grant) )\S+ LIFTLOCK_MACHINE_ARN_PREFIX$/,
    reason: ALL_VARIABLES,
  },
  { id: /^variable liftlock-(?!anchor-audit )\S+ LIFTLOCK_ANCHOR_BUCKET$/, reason: ALL_VARIABLES },
  {
    id: /^variable liftlock-(?:anchor-audit|discover-clusters|record-clusters|request-grant) LIFTLOCK_BUS$/,
    reason: ALL_VARIABLES,
  },
  {
    id: /^variable liftlock-(?:anchor-audit|api) LIFTLOCK_(?:SPOKE_ROLE_NAME|EXTERNAL_ID|PARTITION)$/,
    reason: ALL_VARIABLES,
  },
  {
    id: /^resource-policy \S+ Deny (?:s3:\*|sqs:\*|AllowPublishThroughSSLOnly)$/,
    reason:
      'nothing here talks to a queue, a topic or a bucket without TLS: the local cloud answers on loopback and calls that secure',
  },
  {
    id: /^resource-policy \S+BucketPolicy Deny (?:NothingIsUndone|NothingExpires)$/,
    reason: 'the local cloud has four operations of S3, none of which deletes, lifts a lock or lets objects expire',
  },
  {
    id: /^resource-policy \S+TopicPolicy Allow Alarms$/,
    reason: 'alarms are evaluated here when somebody asks, and their actions are not taken, so none is ever published',
  },
  {
    id: /^resource-policy \S+UndeliveredQueuePolicy Allow /,
    reason:
      'a rule leaves an event here when AWS does not bring it to its target, and here every target takes its events',
  },
  {
    id: /^permission \S+SchedulesRole sqs:SendMessage$/,
    reason:
      'the scheduler leaves a call here that AWS does not bring to its function, and here every function takes its calls',
  },
  {
    id: /^permission LiftlockSpoke ssm:GetParameters RollReads/,
    reason: 'EKS reads the image parameter of a launch template, and the fake EKS does not know what images those name',
  },
  {
    id: /^permission LiftlockSpoke ssm:GetParameter /,
    reason: 'needless: AWS asks for ssm:GetParameters alone where a launch template names its image by a parameter',
  },
];
