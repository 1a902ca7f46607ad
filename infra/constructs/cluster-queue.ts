import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { allowRules, DeadLetterQueue } from './dead-letter-queue.ts';

/** Six times the consumer's timeout, as Lambda advises: a message must not come back while it is being worked on. */
const CLUSTER_QUEUE_VISIBILITY_SECONDS = 180;
const ATTEMPTS = 5;

/** One message per cluster between discover-clusters and record-clusters; forwarded events of spoke Regions come in here too. */
export class ClusterQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters').queue;
    this.queue = new Queue(this, 'Queue', {
      enforceSSL: true,
      visibilityTimeout: Duration.seconds(CLUSTER_QUEUE_VISIBILITY_SECONDS),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: ATTEMPTS },
    });
    allowRules(this.queue, 'ForwardedEvents');
  }
}
