import { standardContext } from '../../../simulator/iam/access/authorize.ts';
import { keysOf, type RequestContext } from '../../../simulator/iam/conditions/request-context.ts';
import type { ApplicablePolicies, Decision } from '../../../simulator/iam/evaluation/access-request.ts';
import { evaluate } from '../../../simulator/iam/evaluation/evaluate.ts';
import type { Principal } from '../../../simulator/iam/principals/principal.ts';
import { NOW } from './accounts.ts';
import { roleSessionOf } from './principals.ts';

export interface Question {
  readonly principal?: Principal;
  readonly action?: string;
  readonly resource?: string;
  readonly context?: RequestContext;
  readonly policies: Partial<ApplicablePolicies>;
}

export const QUEUE = 'arn:aws:sqs:eu-west-1:111111111111:clusters';

/** Decides a request to send to the queue, unless the question says otherwise. */
export function decide(question: Question): Decision {
  const { principal = roleSessionOf(), action = 'sqs:SendMessage', resource = QUEUE, context, policies } = question;
  const standard = standardContext({ principal, resource, now: NOW });
  const findKey = keysOf({ ...standard, ...context });
  return evaluate({ principal, action, resource, findKey }, { identity: [], ...policies });
}
