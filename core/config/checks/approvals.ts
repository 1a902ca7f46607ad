import type { Wave } from '../types.ts';
import { type PolicyWith, type Report, repeats } from './check.ts';

type Approval = NonNullable<Wave['approval']>;

/** Approvals that nobody can ever give, or that nobody is asked for. */
export function checkApprovals({ spec }: PolicyWith<'waves'>, report: Report): void {
  for (const [index, { approval }] of spec.waves.entries()) {
    if (approval === undefined) continue;
    const path = ['spec', 'waves', index, 'approval'];
    for (const [at, pattern] of repeats(approval.from ?? []))
      report('warning', [...path, 'from', at], `"${pattern}" is listed twice. Remove one.`);
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

/** How many principals `from` can stand for; undefined = any number. One role is one person, except for those of Identity Center. */
function namedPeople({ from }: Approval): number | undefined {
  if (from === undefined) return undefined;
  const exact = new Set(from);
  const isOpen = [...exact].some((pattern) => pattern.includes('*') || pattern.includes('role/AWSReservedSSO_'));
  return isOpen ? undefined : exact.size;
}
