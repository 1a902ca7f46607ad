import { text, textOrAny } from './input-members.ts';
import type { CallFacts, RequirementRows } from './requirement.ts';
import { actionOn, need, on, onNoResource } from './row-kinds.ts';

const topic = ({ input }: CallFacts) => textOrAny(input, 'TopicArn');

/** A message may also go to an endpoint, or to a telephone, which has no ARN. */
const target = ({ input }: CallFacts) => text(input, 'TopicArn') ?? text(input, 'TargetArn') ?? '*';

/** A subscription's ARN is its topic's with an id. */
const topicOfSubscription = ({ input }: CallFacts) => textOrAny(input, 'SubscriptionArn').replace(/:[^:]*$/, '');

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html */
export const snsRows: RequirementRows = {
  GetTopicAttributes: on(topic),
  ListSubscriptions: onNoResource,
  ListSubscriptionsByTopic: on(topic),
  ListTopics: onNoResource,
  Publish: on(target),
  PublishBatch: actionOn('Publish', topic),
  Subscribe: (call) => [
    need(call, 'Subscribe', topic(call), {
      'sns:Protocol': text(call.input, 'Protocol') ?? null,
      'sns:Endpoint': text(call.input, 'Endpoint') ?? null,
    }),
  ],
  Unsubscribe: on(topicOfSubscription),
};
