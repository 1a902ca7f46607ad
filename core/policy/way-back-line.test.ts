import { policyWith } from '../../test/material/policy/policies.ts';
import { wayBackLine } from './way-back-line.ts';

test('of a policy it is said for how long hops can be taken back at the least, wave by wave', () => {
  const policy = policyWith({
    waves: `
      - { name: dev, selector: { matchLabels: { e: a } } }
      - { name: test, selector: { matchLabels: { e: b } }, soak: 4h }
      - { name: prod, bake: 2h, watch: 1d }`,
  });
  expect(wayBackLine(policy)).toBe(
    'policy standard: EKS takes back the last hop of a cluster, for 7 days; one that another hop follows until that begins, as soon as its nodes have followed (waves dev, test), or 1d2h after its control plane has moved at the earliest (wave prod). liftlock plan tells the hours of each.',
  );
});
