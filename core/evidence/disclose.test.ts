import { link } from '../store/audit.ts';
import { disclose } from './disclose.ts';

const at = new Date('2026-11-20T08:00:00Z');
const shownTo = (principal: string, detail = {}) =>
  disclose(link(undefined, { subject: 'fleet', event: 'ConfigApplied', principal, detail }, at), 'salt');

test('one person has one pseudonym, in whatever account and case, and another one has another', () => {
  const names = ['sso:111111111111/ana.smith', 'sso:222222222222/ana.smith', 'sso:111111111111/Ana.Smith', 'ana.smith'];
  const pseudonyms = names.map((name) => shownTo(name).principal);
  expect(new Set(pseudonyms)).toEqual(new Set([expect.stringMatching(/^person-[0-9a-f]{10}$/)]));
  expect(shownTo('sso:111111111111/ben').principal).not.toBe(pseudonyms[0]);
  expect(shownTo('user:111111111111/ana.smith').principal).not.toBe(pseudonyms[0]);
});

test('who may approve is named by no policy that a file shows, however the policy names people', () => {
  const from = ['ana.smith', 'sso:*/bob.jones', 'arn:aws:iam::*:user/carl.miller', '*'];
  const approval = { approvals: 2, from };
  const { detail } = shownTo('liftlock', {
    document: { spec: { waves: [{ approval }] } },
    freeze: { from: '2026-12-20' },
  });
  expect(JSON.stringify(detail)).not.toMatch(/ana|bob|carl/);
  expect(detail).toMatchObject({
    document: {
      spec: { waves: [{ approval: { from: [shownTo('sso:1/ana.smith').principal, ...pseudonyms(2), '*'] } }] },
    },
    freeze: { from: '2026-12-20' },
  });
});

test('what stands for several people names none, and stays', () => {
  const from = ['sso:*/*', '*@example.com', 'role:*/platform-*', 'arn:aws:iam::*:role/*', 'role:111111111111/*', '?*'];
  expect(shownTo('liftlock', { approval: { from } }).detail).toEqual({ approval: { from } });
});

const pseudonyms = (count: number) => Array.from({ length: count }, () => expect.stringMatching(/^person-/));
