import { issuesOf } from '../../../test/material/config/issues-of.ts';

const of = (approval: string) => issuesOf(`{ name: w, approval: { ${approval} } }`);
const role = (name: string) => `"arn:aws:iam::111122223333:role/${name}"`;

test.each([
  [`approvals: 2, from: [${role('Lead')}]`, '2 different people must agree and from names 1, so this can never be met'],
  [`approvals: 3, from: [ann, bob]`, 'from names 2, so'],
  [`approvals: 3, from: [ann], autoApproveWhen: "failed == 0"`, 'from names 1 beside autoApproveWhen, so'],
])('%s can never be met', (approval, message) => {
  expect(of(approval)).toEqual([expect.stringContaining('error: spec.waves[0].approval.approvals: ')]);
  expect(of(approval)[0]).toContain(message);
});

test.each([
  `approvals: 2, from: [${role('Lead*')}]`,
  'approvals: 2, from: [ann], autoApproveWhen: "failed == 0"',
  'approvals: 2, from: [ann, bob, eve], fourEyes: true',
  'approvals: 5',
])('%s can be met', (approval) => {
  expect(of(approval)).toEqual([]);
});

test('four eyes with nobody to spare, somebody named twice, and an approval that nobody gives are warnings', () => {
  expect(of('fourEyes: true, from: [ann]')).toEqual([expect.stringContaining('.fourEyes: whoever applies the policy')]);
  expect(of('from: [ann, bob, ann]')).toEqual([expect.stringContaining('from[2]: "ann" is listed twice')]);
  expect(of('before: false')).toEqual([expect.stringContaining('.before: nobody is asked')]);
});

test('a role of Identity Center stands for nobody, since its people have names of their own', () => {
  const said = of(`from: [${role('AWSReservedSSO_Lead_0123456789abcdef')}]`).join(' ');
  expect(said).toContain('from[0]: this stands for nobody');
  expect(said).toContain('from names 0, so this can never be met');
});

test('somebody who is listed twice is one person', () => {
  for (const from of ['ann, ann', 'ann, "sso:111122223333/Ann"', `${role('Lead')}, "role:111122223333/lead"`])
    expect(of(`approvals: 2, from: [${from}]`).join(' ')).toContain('from names 1, so this can never be met');
});
