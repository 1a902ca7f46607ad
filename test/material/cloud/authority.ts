import type { Authority, Source } from '../../../simulator/cloud/authority.ts';
import type { Requirement } from '../../../simulator/iam/requirements/requirement.ts';
import { AwsFault } from '../../../simulator/wire/aws-call.ts';

export interface TestAuthority extends Authority {
  /** `events.amazonaws.com lambda:InvokeFunction arn:…`, or with the role that it is asked of. */
  readonly asked: string[];
  /** Whom it denies everything: a role, or a service in its own name. */
  readonly denied: Set<string>;
}

/** Allows everything but what a test denies, and writes down what was asked. */
export function testAuthority(): TestAuthority {
  const asked: string[] = [];
  const denied = new Set<string>();
  const decide = (who: string, needed: readonly Requirement[]): void => {
    for (const { action, resource } of needed) {
      asked.push(`${who} ${action} ${resource}`);
      if (denied.has(who)) throw new AwsFault('AccessDeniedException', `${who} may not ${action}`);
    }
  };
  return {
    asked,
    denied,
    admit: () => {
      throw new Error('no call comes over a wire');
    },
    inRole: (roleArn, _: Source, needed) => decide(roleArn, needed),
    asService: ({ service }, needed) => decide(service, needed),
  };
}
