import { addGroups, groupOfOne, keptGroups } from './seen-nodes.ts';

const node = (kubeletVersion: string, labels: Record<string, string> = {}) => ({ labels, kubeletVersion });
const seenNodes = (nodes: readonly ReturnType<typeof node>[]) => keptGroups(nodes.map(groupOfOne), []);
const ofPool = (name: string, kubeletVersion: string) => node(kubeletVersion, { 'karpenter.sh/nodepool': name });

test('nodes that are alike are counted, the oldest first, and those of managed groups are left to EKS', () => {
  const fargate = { 'eks.amazonaws.com/compute-type': 'fargate' };
  const nodes = [
    ofPool('spot', 'v1.36.4-eks-a'),
    node('odd'),
    ofPool('spot', 'v1.35.2-eks-a'),
    ofPool('spot', 'v1.36.5-eks-b'),
    ofPool('big', 'v1.36.4-eks-a'),
    node('v1.9.0', fargate),
    node('v1.34.0', { 'eks.amazonaws.com/nodegroup': 'workers' }),
  ];
  const groups = [
    { kind: 'fargate', version: '1.9', count: 1 },
    { kind: 'karpenter', name: 'spot', version: '1.35', count: 1 },
    { kind: 'karpenter', name: 'big', version: '1.36', count: 1 },
    { kind: 'karpenter', name: 'spot', version: '1.36', count: 2 },
    { kind: 'unknown', version: 'unknown', count: 1 },
  ];
  expect(seenNodes(nodes)).toEqual(groups);
  expect(seenNodes(nodes.toReversed())).toEqual(groups);
  expect(seenNodes([])).toEqual([]);
  // Read page by page they are the same.
  const [first, rest] = [nodes.slice(0, 3), nodes.slice(3)].map((page) => addGroups(page.map(groupOfOne)));
  expect(keptGroups([...(first ?? []), ...(rest ?? [])], [])).toEqual(groups);
});

test('ten thousand nodes of as many pools are kept by name where they are the oldest, and none is lost', () => {
  const nodes = Array.from({ length: 10_000 }, (_, index) => ofPool(`pool-${index}`, `v1.${30 + (index % 4)}.0`));
  const groups = seenNodes(nodes);
  expect(groups.filter(({ name }) => name !== undefined)).toHaveLength(30);
  expect(groups.find(({ name }) => name !== undefined)?.version).toBe('1.30');
  expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
  expect(JSON.stringify(groups).length).toBeLessThan(4_000);
  const odd = Array.from({ length: 1_000 }, (_, index) => ofPool('p', `v1.${index}.0`));
  expect(seenNodes(odd)).toHaveLength(60);
});

test('of managed groups those with an AMI of their own are kept, by name however many are older', () => {
  const group = { status: 'ACTIVE', issues: [] };
  const nodegroups = [
    { ...group, name: 'ml', amiType: 'CUSTOM' },
    { ...group, name: 'workers', amiType: 'AL2023_x86_64_STANDARD' },
  ];
  const pools = Array.from({ length: 40 }, (_, index) => ofPool(`pool-${index}`, 'v1.35.0'));
  const ofGroup = (name: string) => node('v1.36.0', { 'eks.amazonaws.com/nodegroup': name });
  const groups = keptGroups([...pools, ofGroup('ml'), ofGroup('workers')].map(groupOfOne), nodegroups);
  expect(groups.filter(({ kind }) => kind === 'managed')).toEqual([
    { kind: 'managed', name: 'ml', version: '1.36', count: 1 },
  ]);
});
