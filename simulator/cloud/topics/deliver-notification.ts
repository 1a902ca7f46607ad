import { errorMessage } from '../../../core/contracts/errors.ts';
import { type Authority, plainly } from '../authority.ts';
import type { Functions } from '../lambda/functions.ts';
import type { Queues } from '../queues/queues.ts';
import type { DeliverNotification, Published, Subscription } from './topics.ts';

export interface NotificationHost {
  readonly authority: Authority;
  readonly functions: Pick<Functions, 'invokeAsynchronously'>;
  readonly queues: Queues;
  readonly onLost: (subscription: Subscription, why: string) => void;
}

/** Delivers notifications to queues and functions, if the policy of each allows it. E-mail and the like have no receiver here. */
export function notificationDelivery({ authority, functions, queues, onLost }: NotificationHost): DeliverNotification {
  return (subscription, published) => {
    const { protocol, endpoint, topicArn } = subscription;
    const source = { service: 'sns.amazonaws.com', sourceArn: topicArn, sourceAccount: topicArn.split(':')[4] ?? '' };
    const notification = notificationOf(published);
    try {
      if (protocol === 'sqs') {
        const queue = queues.find(endpoint);
        if (queue === undefined) throw new Error(`there is no queue ${endpoint}`);
        authority.asService(source, plainly('sqs:SendMessage', endpoint), `subscription ${subscription.arn}`);
        queue.send(JSON.stringify(notification), source.service);
      }
      if (protocol === 'lambda') {
        const Records = [
          { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: subscription.arn, Sns: notification },
        ];
        functions.invokeAsynchronously(endpoint, JSON.stringify({ Records }), { source });
      }
    } catch (error) {
      onLost(subscription, errorMessage(error));
    }
  };
}

/** Source: https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html; it has no signature here. */
const notificationOf = ({ topicArn, messageId, subject, message, at }: Published) => ({
  Type: 'Notification',
  MessageId: messageId,
  TopicArn: topicArn,
  ...(subject === undefined ? {} : { Subject: subject }),
  Message: message,
  Timestamp: at.toISOString(),
});
