import type { Observation } from '../judge/observation.ts';
import { groupNodes } from '../live/unit-list.ts';

const node = (name: string, cause: string, more: Partial<Observation>) =>
  ({
    source: 'node',
    subject: { kind: 'Node', name },
    cause,
    evidence: ['Seen.'],
    confidence: 'high',
    ...more,
  }) as Observation;
const rule = (name: string, group: string, id = 'al2-ami') =>
  node(name, `nodegroup:${group}`, { type: 'rule', rule: id });
const skew = (name: string, version: string) =>
  node(name, 'nodegroup:a', { type: 'skew', component: 'kubelet', version });

test('nodes of a group with the same problem are one', () => {
  const [first, ...others] = groupNodes([rule('n1', 'a'), rule('n2', 'a'), rule('n3', 'a')]);
  expect(others).toEqual([]);
  expect(first).toMatchObject({
    subject: { name: 'n1' },
    evidence: ['Seen.', 'So it is on 2 more nodes of node group a.'],
  });
});

test('groups, problems and versions are told apart', () => {
  expect(groupNodes([rule('n1', 'a'), rule('n2', 'b'), rule('n1', 'a', 'containerd-1x')])).toHaveLength(3);
  expect(groupNodes([skew('n1', 'v1.30.1'), skew('n2', 'v1.31.0'), skew('n3', 'v1.30.1')])).toHaveLength(2);
});

test('what somebody else says of a node is that node’s own', () => {
  const api = (name: string) => node(name, 'manager:x', { type: 'api' } as Partial<Observation>);
  expect(groupNodes([api('n1'), api('n2')])).toHaveLength(2);
});
