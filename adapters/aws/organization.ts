import {
  OrganizationsClient,
  type OrganizationsClientConfig,
  paginateListAccounts,
} from '@aws-sdk/client-organizations';
import { namedError } from '../../core/contracts/errors.ts';
import type { Organization } from '../../core/ports/outside.ts';
import { readLimits } from './request-limits.ts';

/** `arn:aws:organizations::111111111111:account/o-exampleorgid/555555555555` (service authorization reference of AWS Organizations). */
const organizationOf = (accountArn = ''): string => accountArn.split('/')[1] ?? '';

/** The organization's ACTIVE accounts, since suspended ones answer nothing. AWS retires the member `Status` in favour of `State`. */
export function createOrganization(config: OrganizationsClientConfig = {}): Organization {
  const client = new OrganizationsClient({ ...readLimits, ...config });
  return {
    async listAccounts(organizationId) {
      const accounts: string[] = [];
      let listed = 0;
      for await (const page of paginateListAccounts({ client }, {})) {
        for (const { Id, Arn, State, Status } of page.Accounts ?? []) {
          listed += 1;
          const own = organizationOf(Arn);
          if (own !== organizationId)
            throw namedError(
              'OtherOrganization',
              `The hub's account is of ${own}, and the Fleet names ${organizationId}.`,
            );
          if (Id !== undefined && (State ?? Status) === 'ACTIVE') accounts.push(Id);
        }
      }
      // The management account is always listed.
      if (listed === 0) throw namedError('IncompleteAnswer', 'Organizations listed no account, not even its own.');
      return accounts;
    },
  };
}
