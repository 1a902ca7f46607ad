import { observeRelease } from './observe-release.ts';
import type { ChosenRevision } from './stored-release.ts';

const head: ChosenRevision = { object: 'o', namespace: 'shop', release: 'api', revision: 7, status: 'deployed' };
const observe = (...manifests: string[]) => observeRelease(head, { manifests, chart: 'api-1.4.2' });
const budget = 'apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata:\n  name: web\n';

test('what is kept at an old version blocks the next upgrade', () => {
  const { found, unread } = observe(`${budget}---\napiVersion: v1\nkind: Service\nmetadata:\n  name: web\n`);
  expect(unread).toBe(0);
  expect(found).toMatchObject([
    {
      source: 'helm',
      subject: { apiVersion: 'policy/v1beta1', namespace: 'shop', name: 'web' },
      owner: 'Helm release shop/api',
      cause: 'helm:shop/api',
      evidence: ['Revision 7 (deployed) of shop/api, chart api-1.4.2, holds it.'],
      consequence: 'the next helm upgrade of api fails',
      fix: expect.stringContaining('helm mapkubeapis api --namespace shop'),
    },
  ]);
});

test('a namespace of its own counts, hooks are looked at, lists are opened', () => {
  const own = `${budget}  namespace: other\n`;
  const list = `apiVersion: v1\nkind: List\nitems:\n- ${budget.trim().replaceAll('\n', '\n  ')}\n`;
  const { found } = observe(own, list);
  expect(found.map(({ subject }) => subject.namespace)).toEqual(['other', 'shop']);
});

test('what cannot be parsed is counted, and the rest is read', () => {
  const { found, unread } = observe(`kind: {[\n---\n${budget}`);
  expect([found.length, unread]).toEqual([1, 1]);
});

test('nothing but who it is comes out of an object', () => {
  const secret = 'apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata:\n  name: a\nspec:\n  token: hunter2\n';
  const { found } = observe(secret);
  expect(found).toHaveLength(1);
  expect(JSON.stringify(found)).not.toContain('hunter2');
});

test('aliases that stand for more than there could be are not followed', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
  for (let level = 0; level < 9; level += 1) {
    const [own, next] = ['abcdefghij'[level], 'abcdefghij'[level + 1]];
    bomb.push(`${next}: &${next} [${Array(9).fill(`*${own}`).join(',')}]`);
  }
  expect(observe(bomb.join('\n'))).toEqual({ found: [], unread: 1 });
});
