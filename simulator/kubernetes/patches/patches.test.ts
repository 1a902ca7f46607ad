import { applyJsonPatch, applyMergePatch } from '../server/read-patch.ts';
import { applyStrategicMergePatch } from './strategic-merge-patch.ts';

describe('a JSON patch', () => {
  const document = { a: { b: [1, 2, 3] }, 'c/d~e': 'x' };
  test.each([
    ['adds a member', [{ op: 'add', path: '/f', value: 1 }], { ...document, f: 1 }],
    ['adds before an element', [{ op: 'add', path: '/a/b/1', value: 9 }], { ...document, a: { b: [1, 9, 2, 3] } }],
    ['adds at the end', [{ op: 'add', path: '/a/b/-', value: 9 }], { ...document, a: { b: [1, 2, 3, 9] } }],
    ['adds over a member', [{ op: 'add', path: '/a', value: 9 }], { ...document, a: 9 }],
    ['removes an element', [{ op: 'remove', path: '/a/b/0' }], { ...document, a: { b: [2, 3] } }],
    ['replaces', [{ op: 'replace', path: '/c~1d~0e', value: 'y' }], { ...document, 'c/d~e': 'y' }],
    ['moves', [{ op: 'move', from: '/a/b', path: '/b' }], { a: {}, 'c/d~e': 'x', b: [1, 2, 3] }],
    ['copies', [{ op: 'copy', from: '/a/b/2', path: '/g' }], { ...document, g: 3 }],
    ['tests', [{ op: 'test', path: '/a', value: { b: [1, 2, 3] } }], document],
    ['replaces all', [{ op: 'replace', path: '', value: { new: true } }], { new: true }],
  ])('%s', (_, patch, expected) => {
    const before = structuredClone(document);
    expect(applyJsonPatch(document, patch)).toEqual(expected);
    expect(document).toEqual(before);
  });

  test.each([
    ['no list', {}, 400],
    ['an unknown operation', [{ op: 'merge', path: '/a' }], 400],
    ['no pointer', [{ op: 'add', path: 'a', value: 1 }], 400],
    ['a member that is not there', [{ op: 'replace', path: '/z', value: 1 }], 422],
    ['an element that is not there', [{ op: 'remove', path: '/a/b/3' }], 422],
    ['an index with a zero before it', [{ op: 'remove', path: '/a/b/01' }], 422],
    ['a place beyond the end', [{ op: 'add', path: '/a/b/4', value: 1 }], 422],
    ['a member of nothing', [{ op: 'add', path: '/z/y', value: 1 }], 422],
    ['a test that fails', [{ op: 'test', path: '/a/b/0', value: 2 }], 422],
    ['what only its prototype has', [{ op: 'remove', path: '/toString' }], 422],
  ])('%s is refused', (_, patch, code) => {
    expect(() => applyJsonPatch(document, patch)).toThrow(expect.objectContaining({ code }));
  });

  test('a member called __proto__ is a member', () => {
    const patched = applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
    expect(Object.keys(patched as object)).toEqual(['__proto__']);
    expect('polluted' in {}).toBe(false);
  });
});

test('a merge patch merges members, takes away what is null, and replaces lists', () => {
  const document = { a: { b: 1, c: 2 }, list: [1, 2], gone: true };
  expect(applyMergePatch(document, { a: { b: null, d: { e: null, f: 3 } }, list: [3], gone: null })).toEqual({
    a: { c: 2, d: { f: 3 } },
    list: [3],
  });
});

describe('a strategic merge patch', () => {
  const deployment = {
    metadata: { finalizers: ['a', 'b'], labels: { app: 'api' } },
    spec: {
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } },
      template: {
        spec: {
          containers: [
            { name: 'api', image: 'api:1', env: [{ name: 'A', value: '1' }], args: ['x', 'y'] },
            { name: 'sidecar', image: 'side:1' },
          ],
          tolerations: [{ key: 'a' }],
        },
      },
    },
  };
  type Deployment = typeof deployment;
  const apply = (patch: object) =>
    applyStrategicMergePatch('Deployment', deployment, patch as never) as unknown as Deployment;
  const pod = (spec: object) => apply({ spec: { template: { spec } } }).spec.template.spec;

  test('knows containers, and what is in them, by their keys', () => {
    const { containers } = pod({
      containers: [
        { name: 'api', image: 'api:2', env: [{ name: 'B', value: '2' }] },
        { name: 'new', image: 'new:1' },
      ],
    });
    expect(containers).toEqual([
      {
        ...deployment.spec.template.spec.containers[0],
        image: 'api:2',
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '2' },
        ],
      },
      deployment.spec.template.spec.containers[1],
      { name: 'new', image: 'new:1' },
    ]);
  });

  test('takes an element away, and replaces a list that it is told to', () => {
    expect(pod({ containers: [{ name: 'sidecar', $patch: 'delete' }] }).containers).toHaveLength(1);
    const replaced = pod({ containers: [{ $patch: 'replace' }, { name: 'only', image: 'only:1' }] });
    expect(replaced.containers).toEqual([{ name: 'only', image: 'only:1' }]);
  });

  test('replaces lists whose elements have no key', () => {
    expect(pod({ tolerations: [{ key: 'b' }] }).tolerations).toEqual([{ key: 'b' }]);
    expect(pod({ containers: [{ name: 'api', args: ['z'] }] }).containers[0]?.args).toEqual(['z']);
  });

  test('orders elements as it is told', () => {
    const { containers } = pod({
      '$setElementOrder/containers': [{ name: 'sidecar' }, { name: 'api' }],
    });
    expect(containers.map(({ name }) => name)).toEqual(['sidecar', 'api']);
  });

  test('adds to plain values, and takes from them', () => {
    expect(apply({ metadata: { finalizers: ['c'] } }).metadata.finalizers).toEqual(['a', 'b', 'c']);
    expect(apply({ metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } }).metadata.finalizers).toEqual(['b']);
  });

  test('keeps only the members that it is told to', () => {
    const { strategy } = apply({ spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }).spec;
    expect(strategy).toEqual({ type: 'Recreate' });
  });

  test('replaces and deletes objects', () => {
    expect(apply({ metadata: { labels: { $patch: 'replace', b: 'c' } } }).metadata.labels).toEqual({ b: 'c' });
    expect(apply({ metadata: { labels: { $patch: 'delete' } } }).metadata).not.toHaveProperty('labels');
    expect(apply({ metadata: { labels: { app: null } } }).metadata.labels).toEqual({});
  });

  test('replaces the selector of a budget as a whole', () => {
    const budget = { spec: { minAvailable: 1, selector: { matchLabels: { app: 'api' } } } };
    const patch = { spec: { selector: { matchLabels: { tier: 'web' } } } };
    expect(applyStrategicMergePatch('PodDisruptionBudget', budget, patch)).toEqual({
      spec: { minAvailable: 1, selector: { matchLabels: { tier: 'web' } } },
    });
  });

  test.each([
    ['a list of a kind that nobody knows', 'Gizmo', { spec: { parts: [1] } }],
    ['an element without its key', 'Deployment', { spec: { template: { spec: { containers: [{ image: 'x' }] } } } }],
    ['a directive that is none', 'Deployment', { spec: { $patch: 'smile' } }],
    ['a directive of lists that is none', 'Deployment', { spec: { '$sortList/containers': [] } }],
  ])('%s is refused', (_, kind, patch) => {
    expect(() => applyStrategicMergePatch(kind, deployment, patch as never)).toThrow(
      expect.objectContaining({ code: 400 }),
    );
  });

  test('maps of a kind that nobody knows merge all the same', () => {
    expect(applyStrategicMergePatch('Gizmo', { spec: { a: 1 } }, { spec: { b: 2 } })).toEqual({ spec: { a: 1, b: 2 } });
  });
});
