import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { OWN_RULES } from '../names.ts';

/** Keeps messages that could not be delivered for two weeks. An alarm rings when there is one (monitoring/hub-monitoring.ts). */
export class DeadLetterQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', { enforceSSL: true, retentionPeriod: Duration.days(14) });
    acknowledge(this.queue, {
      'AwsSolutions-SQS3': 'This is a dead-letter queue itself; an alarm watches it and people empty it.',
      'Serverless-SQSRedrivePolicy': 'This is a dead-letter queue itself; an alarm watches it and people empty it.',
    });
  }
}

/** Only rules of Liftlock's own bus may send to this queue. */
export function allowRules(queue: Queue, sid: string): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      sid,
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: { ArnLike: { 'aws:SourceArn': OWN_RULES } },
    }),
  );
}
