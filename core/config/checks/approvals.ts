import { IDENTITY_CENTER_ROLE, personOf } from '../../model/principal.ts';
import type { Wave } from '../types.ts';
import { type Report, repeats, type SoundWaves } from './check.ts';

type Approval = NonNullable<Wave['approval']>;

const NOBODY =
  'this stands for nobody: who comes through a permission set of Identity Center is known by their own name. Write sso:ACCOUNT/NAME.';

/** Approvals that nobody can ever give, or that nobody is asked for. */
export function checkApprovals(waves: SoundWaves, report: Report): void {
  for (const [index, { approval }] of waves) {
    if (approval === undefined) continue;
    const path = ['spec', 'waves', index, 'approval'];
    for (const [at, pattern] of repeats(approval.from ?? []))
      report('warning', [...path, 'from', at], `"${pattern}" is listed twice. Remove one.`);
    for (const [at, pattern] of (approval.from ?? []).entries())
      if (pattern.includes(IDENTITY_CENTER_ROLE)) report('warning', [...path, 'from', at], NOBODY);
    if (!approval.before) {
      const message = 'nobody is asked, and the other fields have no effect. Remove approval, or write true.';
      report('warning', [...path, 'before'], message);
      continue;
    }
    const people = namedPeople(approval);
    if (people === undefined) continue;
    const available = people + (approval.autoApproveWhen === undefined ? 0 : 1);
    if (approval.approvals > available) {
      const others = approval.autoApproveWhen === undefined ? '' : ' beside autoApproveWhen';
      const message = `${approval.approvals} different people must agree and from names ${people}${others}, so this can never be met. Name more, use a pattern with *, or ask for fewer.`;
      report('error', [...path, 'approvals'], message, 'value');
    } else if (approval.fourEyes && approval.approvals === available && approval.autoApproveWhen === undefined) {
      const message = `whoever applies the policy or creates the rollout may not approve, and from names no more people than must agree (${people}): once one of them does so, this can never be met. Name more, or use a pattern with *.`;
      report('warning', [...path, 'fourEyes'], message);
    }
  }
}

/** How many people `from` can stand for; undefined = any number. One role is one person; those of Identity Center come by their own names. */
function namedPeople({ from }: Approval): number | undefined {
  if (from === undefined) return undefined;
  const people = from.filter((pattern) => !pattern.includes(IDENTITY_CENTER_ROLE));
  return people.some((pattern) => pattern.includes('*')) ? undefined : new Set(people.map(personOf)).size;
}
