import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { allowRules } from './allow-rules.ts';

/** Keeps what could not be delivered for two weeks; an alarm tells when there is something (monitoring/queue-alarms.ts). */
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

  /** Rules of Liftlock's bus may leave here what their targets did not take. */
  allowRules(): void {
    allowRules(this.queue, 'RulesOfLiftlock');
  }
}
