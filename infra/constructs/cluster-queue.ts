import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Aws, Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { BUS_NAME } from '../names.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';

/** Six times the consumer's timeout, as Lambda advises: a message must not come back while it is being worked on. */
export const CLUSTER_QUEUE_VISIBILITY_SECONDS = 180;
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
    this.queue.addToResourcePolicy(
      new PolicyStatement({
        sid: 'ForwardedEvents',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [this.queue.queueArn],
        conditions: {
          ArnLike: {
            'aws:SourceArn': `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:rule/${BUS_NAME}/*`,
          },
        },
      }),
    );
  }
}
