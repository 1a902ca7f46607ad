import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Aws } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ALARM_PREFIX, BUS_NAME } from '../names.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';

/** The topic that tells people: alarms, and Liftlock's own events. Only those two may publish. */
export class Notifications extends Construct {
  readonly topic: Topic;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { email }: { readonly email: string | undefined }) {
    super(scope, id);
    this.deadLetters = new DeadLetterQueue(this, 'DeadLetters').queue;
    this.topic = new Topic(this, 'Topic', { displayName: 'Liftlock', enforceSSL: true });
    const here = `${Aws.REGION}:${Aws.ACCOUNT_ID}`;
    this.#allow('Alarms', 'cloudwatch', `arn:${Aws.PARTITION}:cloudwatch:${here}:alarm:${ALARM_PREFIX}/*`);
    this.#allow('Events', 'events', `arn:${Aws.PARTITION}:events:${here}:rule/${BUS_NAME}/*`);
    if (email !== undefined) {
      this.topic.addSubscription(new EmailSubscription(email, { deadLetterQueue: this.deadLetters }));
    }
  }

  #allow(sid: string, service: string, sourceArn: string): void {
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid,
        principals: [new ServicePrincipal(`${service}.amazonaws.com`)],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { ArnLike: { 'aws:SourceArn': sourceArn } },
      }),
    );
  }
}
