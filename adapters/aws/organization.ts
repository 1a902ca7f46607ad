import {
  OrganizationsClient,
  type OrganizationsClientConfig,
  paginateListAccounts,
} from '@aws-sdk/client-organizations';
import type { Organization } from '../../core/ports/outside.ts';
import { readLimits } from './request-limits.ts';

/** The organization's accounts that are ACTIVE: suspended ones answer nothing. `Status` is the name that AWS retires for `State`. */
export function createOrganization(config: OrganizationsClientConfig = {}): Organization {
  const client = new OrganizationsClient({ ...readLimits, ...config });
  return {
    async listAccounts() {
      const accounts: string[] = [];
      for await (const page of paginateListAccounts({ client }, {})) {
        for (const { Id, State, Status } of page.Accounts ?? []) {
          if (Id !== undefined && (State ?? Status) === 'ACTIVE') accounts.push(Id);
        }
      }
      return accounts;
    },
  };
}
