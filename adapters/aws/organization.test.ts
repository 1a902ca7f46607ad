import { type Account, ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { mockClient } from 'aws-sdk-client-mock';
import { createOrganization } from './organization.ts';

const organizations = mockClient(OrganizationsClient);
afterAll(() => organizations.restore());

test('active accounts of all pages, by the new name of their state where it is there', async () => {
  const pages: Account[][] = [
    [
      { Id: '1', State: 'ACTIVE', Status: 'SUSPENDED' },
      { Id: '2', State: 'SUSPENDED', Status: 'ACTIVE' },
    ],
    [],
    [{ Id: '3', Status: 'ACTIVE' }, { Id: '4', Status: 'PENDING_CLOSURE' }, { Id: '5' }],
  ];
  organizations.on(ListAccountsCommand).callsFake(({ NextToken }: { NextToken?: string }) => {
    const page = Number(NextToken ?? 0);
    return { Accounts: pages[page], ...(page < 2 ? { NextToken: String(page + 1) } : {}) };
  });
  expect(await createOrganization({ region: 'eu-central-1' }).listAccounts()).toEqual(['1', '3']);
});
