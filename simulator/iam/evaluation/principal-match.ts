import { isAccountId, parseArn } from '../policy/arn.ts';
import type { PrincipalElement } from '../policy/policy-document.ts';
import { every, not, some, unknown, type Verdict, verdictOf } from '../policy/verdict.ts';
import type { Principal } from '../principals/principal.ts';

/**
 * How closely a Principal element names the caller. `account` only refers to the identity's own policies; the others grant, and the closer ones
 * override limits of the identity (`evaluate`).
 */
export type Closeness = 'account' | 'role' | 'user' | 'session' | 'service' | 'everybody';
export interface PrincipalMatch {
  readonly verdict: Verdict;
  readonly closeness: readonly Closeness[];
}

/** The result of a Principal or NotPrincipal element for the caller. */
export function matchPrincipal({ principals, negated }: PrincipalElement, principal: Principal): PrincipalMatch {
  if (principals === '*') return { verdict: verdictOf(!negated), closeness: ['everybody'] };
  if (negated) return { verdict: not(excepts(principals, principal)), closeness: [] };
  const matches = entriesOf(principals).map(([kind, text]) => matchOne(kind, text, principal));
  return {
    verdict: some(matches.map(({ verdict }) => verdict)),
    closeness: matches.flatMap(({ verdict, closeness }) => (verdict === 'yes' ? closeness : [])),
  };
}

/**
 * NotPrincipal excepts a principal only if it names all its identities: its account, and for a session its role and the session itself.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
function excepts(principals: Readonly<Record<string, readonly string[]>>, principal: Principal): Verdict {
  const entries = entriesOf(principals);
  const named = (closeness: Closeness) =>
    some(
      entries.map(([kind, text]) => {
        const match = matchOne(kind, text, principal);
        return match.verdict === 'yes' ? verdictOf(match.closeness.includes(closeness)) : match.verdict;
      }),
    );
  switch (principal.kind) {
    case 'assumed-role':
      return every([named('account'), named('role'), named('session')]);
    case 'user':
      return every([named('account'), named('user')]);
    case 'service':
      return named('service');
    case 'anonymous':
      return 'no';
  }
}

function entriesOf(principals: Readonly<Record<string, readonly string[]>>): [string, string][] {
  return Object.entries(principals).flatMap(([kind, texts]) => texts.map((text): [string, string] => [kind, text]));
}

function matchOne(kind: string, text: string, principal: Principal): PrincipalMatch {
  switch (kind) {
    case 'AWS':
      return matchAws(text, principal);
    case 'Service':
      return {
        verdict: verdictOf(principal.kind === 'service' && principal.service === text),
        closeness: ['service'],
      };
    case 'Federated':
      // No caller here signs in through an identity provider.
      return { verdict: 'no', closeness: [] };
    default:
      return { verdict: unknown(`principals of kind ${kind} are not modelled`), closeness: [] };
  }
}

function matchAws(text: string, principal: Principal): PrincipalMatch {
  if (text === '*') return { verdict: 'yes', closeness: ['everybody'] };
  const account = isAccountId(text) ? text : accountOfRoot(text);
  if (account !== undefined) {
    return { verdict: verdictOf('account' in principal && principal.account === account), closeness: ['account'] };
  }
  if (/[*?]/.test(text)) return { verdict: unknown(`wildcard in principal ${text}`), closeness: [] };
  const found = identitiesOf(principal).find(([identity]) => identity === text);
  if (found !== undefined) return { verdict: 'yes', closeness: [found[1]] };
  // AWS refuses such a policy when it is attached.
  if (parseArn(text) === undefined && !/^A[A-Z]{3}[A-Z0-9]+$/.test(text)) {
    return { verdict: unknown(`principal ${text} is neither an account nor an ARN`), closeness: [] };
  }
  return { verdict: 'no', closeness: [] };
}

function accountOfRoot(text: string): string | undefined {
  const arn = parseArn(text);
  return arn?.service === 'iam' && arn.resource === 'root' ? arn.account : undefined;
}

/** The ARNs and unique ids by which a policy may name the caller. */
function identitiesOf(principal: Principal): [string, Closeness][] {
  switch (principal.kind) {
    case 'assumed-role':
      return [
        [principal.arn, 'session'],
        [principal.roleArn, 'role'],
        [principal.roleId, 'role'],
      ];
    case 'user':
      return [
        [principal.arn, 'user'],
        [principal.userId, 'user'],
      ];
    default:
      return [];
  }
}
