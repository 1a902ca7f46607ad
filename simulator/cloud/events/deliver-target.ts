import { errorMessage } from '../../../core/contracts/errors.ts';
import type { Requirement } from '../../iam/requirements/requirement.ts';
import { type Authority, plainly, type Source, type UnnamedSource } from '../authority.ts';
import type { Functions } from '../lambda/functions.ts';
import type { Queues } from '../queues/queues.ts';
import type { Topics } from '../topics/topics.ts';
import type { Wiring } from '../wiring.ts';
import type { BusEvent, Deliver, EventBuses, Rule, RuleTarget } from './event-buses.ts';

export interface DeliveryHost {
  readonly authority: Authority;
  readonly functions: Pick<Functions, 'invokeAsynchronously'>;
  readonly queues: Queues;
  readonly topics: Topics;
  readonly buses: () => EventBuses;
  readonly wiring: Wiring;
  readonly now: () => Date;
  /** Runs it soon after the answer to the sender, as events arrive on AWS. */
  readonly soon: (run: () => void) => void;
  /** Called for each lost event, with the reason. */
  readonly onLost: (rule: Rule, target: RuleTarget, why: string) => void;
}

/** Delivers events by the role of the target or the policy of its resource. A failure goes to the target's dead-letter queue. */
export function targetDelivery(host: DeliveryHost): Deliver {
  return (rule, target, event, input) =>
    host.soon(() => {
      const source = { service: 'events.amazonaws.com', sourceArn: rule.arn, sourceAccount: accountOf(rule.arn) };
      try {
        bring(host, rule, target, event, input, source);
        host.wiring.record(`${describe(event)} by ${host.wiring.nameOf(rule.arn)}`, target.Arn);
      } catch (error) {
        host.onLost(rule, target, errorMessage(error));
        toDeadLetters(host, target, input, source);
      }
    });
}

function bring(
  host: DeliveryHost,
  rule: Rule,
  target: RuleTarget,
  event: BusEvent,
  input: string,
  source: Source,
): void {
  const { Arn, RoleArn } = target;
  const where = `rule ${rule.name}`;
  const leave = (action: string, inOwnName: Source | UnnamedSource = source): void => {
    if (RoleArn === undefined) host.authority.asService(inOwnName, plainly(action, Arn), where);
    else host.authority.inRole(RoleArn, source, plainly(action, Arn), where);
  };
  switch (Arn.split(':')[2]) {
    case 'lambda': {
      const role = RoleArn === undefined ? {} : { roleArn: RoleArn };
      host.functions.invokeAsynchronously(Arn, input, { source, ...role });
      return;
    }
    case 'sqs': {
      const queue = host.queues.find(Arn);
      if (queue === undefined) throw new Error(`there is no queue ${Arn}`);
      leave('sqs:SendMessage');
      queue.send(input, source.service);
      return;
    }
    case 'sns':
      // EventBridge names only itself to SNS, so that it meets no condition in the policy of a topic (its guide, Amazon SNS permissions).
      leave('sns:Publish', { service: source.service });
      host.topics.publish(Arn, input, host.now());
      return;
    case 'events':
      if (RoleArn === undefined) leave('events:PutEvents');
      else host.authority.inRole(RoleArn, source, putOnBus(Arn, event), where);
      host.buses().publish(Arn, event);
      return;
    default:
      throw new Error(`the target ${Arn} is not understood`);
  }
}

function toDeadLetters({ authority, queues }: DeliveryHost, target: RuleTarget, input: string, source: Source): void {
  const arn = target.DeadLetterConfig?.Arn;
  const queue = arn === undefined ? undefined : queues.find(arn);
  if (arn === undefined || queue === undefined) return;
  try {
    authority.asService(source, plainly('sqs:SendMessage', arn), `dead letters of ${target.Id}`);
    queue.send(input, source.service);
  } catch {
    // The denial is recorded, and the event is lost as on AWS.
  }
}

/** The kind of an event, without its subject: `aws.states Step Functions Execution Status Change SUCCEEDED`. */
function describe(event: BusEvent): string {
  const { eventName, status, about } = event.detail as { eventName?: string; status?: string; about?: string };
  const what = event.source.startsWith('aws.') ? (eventName ?? status) : about;
  return [event.source, event['detail-type'], ...(what === undefined ? [] : [what])].join(' ');
}

const putOnBus = (resource: string, event: BusEvent): readonly Requirement[] => [
  {
    action: 'events:PutEvents',
    resource,
    context: { 'events:source': event.source, 'events:detail-type': event['detail-type'] },
  },
];

const accountOf = (arn: string): string => arn.split(':')[4] ?? '';
