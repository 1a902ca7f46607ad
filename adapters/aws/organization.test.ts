import { type Account, ListAccountsCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
import { mockClient } from 'aws-sdk-client-mock';
import { createOrganization } from './organization.ts';

const organizations = mockClient(OrganizationsClient);
afterAll(() => organizations.restore());
const Arn = 'arn:aws:organizations::111111111111:account/o-own/5';

test('active accounts of all pages, by the new name of their state where it is there', async () => {
  const pages: Account[][] = [
    [
      { Id: '1', Arn, State: 'ACTIVE', Status: 'SUSPENDED' },
      { Id: '2', Arn, State: 'SUSPENDED', Status: 'ACTIVE' },
    ],
    [],
    [
      { Id: '3', Arn, Status: 'ACTIVE' },
      { Id: '4', Arn, Status: 'PENDING_CLOSURE' },
      { Id: '5', Arn },
    ],
  ];
  organizations.on(ListAccountsCommand).callsFake(({ NextToken }: { NextToken?: string }) => {
    const page = Number(NextToken ?? 0);
    return { Accounts: pages[page], ...(page < 2 ? { NextToken: String(page + 1) } : {}) };
  });
  const organization = createOrganization({ region: 'eu-central-1' });
  expect(await organization.listAccounts('o-own')).toEqual(['1', '3']);
  organizations.on(ListAccountsCommand).resolves({ Accounts: [] });
  await expect(organization.listAccounts('o-own')).rejects.toMatchObject({ name: 'IncompleteAnswer' });
});

test('accounts of another organization are none of the Fleet', async () => {
  organizations.on(ListAccountsCommand).resolves({ Accounts: [{ Id: '1', Arn, State: 'ACTIVE' }] });
  const organization = createOrganization({ region: 'eu-central-1' });
  await expect(organization.listAccounts('o-other')).rejects.toThrow(
    "The hub's account is of o-own, and the Fleet names o-other.",
  );
});
