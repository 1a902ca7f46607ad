import { statementsOf } from './observe-live-object.ts';

interface Field {
  readonly manager?: string;
  readonly operation?: string;
  readonly apiVersion: string;
  readonly time?: string;
  readonly subresource?: string;
  readonly fieldsV1?: object;
}

const [then, later, now] = ['2025-01-01T00:00:00Z', '2025-06-01T00:00:00Z', '2026-01-01T00:00:00Z'];
const update = (manager: string, apiVersion: string, time: string, more: Partial<Field> = {}): Field => {
  return { manager, operation: 'Update', apiVersion, time, ...more };
};
const apply = (manager: string, apiVersion: string, time: string): Field => {
  return { manager, operation: 'Apply', apiVersion, time };
};
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** `manager operation apiVersion`, followed by `stale` where it applies. */
function told(managedFields: readonly Field[], annotations: object = {}, kind = 'FlowSchema'): string[] {
  return statementsOf(kind, { managedFields, annotations }).map(
    ({ manager, operation, apiVersion, subresource, stale }) =>
      [manager, operation, apiVersion, subresource, stale ? 'stale' : ''].filter((word) => word !== '').join(' '),
  );
}
const applied = (apiVersion: string, kind?: string) => ({ [LAST_APPLIED]: JSON.stringify({ apiVersion, kind }) });

test.each<[string, string[], string[]]>([
  ['Terraform alone', told([update('Terraform', 'x/v1beta3', then)]), ['Terraform Update x/v1beta3']],
  [
    'an autoscaler that Argo CD applied since, with an old annotation',
    told([apply('argocd-controller', 'autoscaling/v2', now)], applied('autoscaling/v2beta2')),
    ['argocd-controller Apply autoscaling/v2', 'kubectl annotation autoscaling/v2beta2 stale'],
  ],
  [
    'an older writer',
    told([update('kubectl-client-side-apply', 'x/v1beta1', then), apply('argocd', 'x/v1', now)]),
    ['kubectl-client-side-apply Update x/v1beta1 stale', 'argocd Apply x/v1'],
  ],
  [
    'an older writer at the same version: both have to be repaired',
    told([update('terraform', 'x/v1beta1', then), update('kubectl-edit', 'x/v1beta1', now)]),
    ['terraform Update x/v1beta1', 'kubectl-edit Update x/v1beta1'],
  ],
  [
    'writers of the same second: nobody was first',
    told([update('a', 'x/v1beta1', then), update('b', 'x/v1', then)]),
    ['a Update x/v1beta1', 'b Update x/v1'],
  ],
  [
    'a writer whose time nobody wrote down is not known to be older',
    told([{ manager: 'a', operation: 'Update', apiVersion: 'x/v1beta1' }, update('b', 'x/v1', then)]),
    ['a Update x/v1beta1', 'b Update x/v1'],
  ],
  [
    'old entries of a manager that goes on writing',
    told([update('a', 'x/v1beta1', then), update('a', 'x/v1beta2', later), update('a', 'x/v1', now)]),
    ['a Update x/v1'],
  ],
  [
    'entries of one manager in the same second',
    told([update('a', 'x/v1', then), update('a', 'x/v1beta1', then)]),
    ['a Update x/v1', 'a Update x/v1beta1'],
  ],
  [
    'Apply and Update of one manager are two',
    told([update('kubectl', 'x/v1beta1', then), apply('kubectl', 'x/v1', now)]),
    ['kubectl Update x/v1beta1 stale', 'kubectl Apply x/v1'],
  ],
  ['what was merged of many', told([update('ancient-changes', 'x/v1beta1', then)]), []],
  [
    'the status is written apart',
    told([update('a', 'x/v1beta1', then), update('b', 'x/v1', now, { subresource: 'status' })]),
    ['a Update x/v1beta1', 'b Update x/v1 status'],
  ],
  [
    'a later label outdates nobody',
    told([
      apply('terraform', 'x/v1beta1', then),
      update('kubectl-label', 'x/v1', now, { fieldsV1: { 'f:metadata': {} } }),
    ]),
    ['terraform Apply x/v1beta1', 'kubectl-label Update x/v1'],
  ],
  [
    'nor does it outdate the annotation',
    told([update('kubectl-label', 'x/v1', now, { fieldsV1: { 'f:metadata': {} } })], applied('x/v1beta1')),
    ['kubectl-label Update x/v1', 'kubectl annotation x/v1beta1'],
  ],
  ['the annotation alone', told([], applied('x/v1beta1')), ['kubectl annotation x/v1beta1']],
  [
    'the annotation with the entry of kubectl itself',
    told([update('kubectl-client-side-apply', 'x/v1beta1', then)], applied('x/v1beta1')),
    ['kubectl-client-side-apply Update x/v1beta1'],
  ],
  ['an annotation that is no JSON', told([], { [LAST_APPLIED]: '{"apiVersion": "x/v1' }), []],
  ['fields that are none', told(['nonsense' as unknown as Field, { apiVersion: '' }]), []],
])('%s', (_name, statements, expected) => {
  expect(statements).toEqual(expected);
});

test.each(['kube-controller-manager', 'kube-apiserver', 'kubelet', 'eks', 'eks-internal', 'eks.addons'])(
  'what %s writes follows the control plane',
  (manager) => {
    expect(told([update(manager, 'x/v1beta1', now)])).toEqual([]);
  },
);

test('what the control plane has taken over is outdated, and what it only touches is not', () => {
  const before = apply('helm', 'x/v1beta1', then);
  expect(told([before, apply('eks', 'x/v1', now)])).toEqual(['helm Apply x/v1beta1 stale']);
  expect(told([before, update('kube-controller-manager', 'x/v1', now)])).toEqual(['helm Apply x/v1beta1']);
  expect(told([apply('eks', 'x/v1', now)], applied('x/v1beta1'))).toEqual(['kubectl annotation x/v1beta1 stale']);
});

test.each([
  ['FlowSchema', 'true', 0],
  ['FlowSchema', 'false', 1],
  ['PriorityLevelConfiguration', 'true', 0],
  ['Deployment', 'true', 1],
])('a %s with autoupdate-spec %s has %d statements', (kind, value, count) => {
  const annotations = { 'apf.kubernetes.io/autoupdate-spec': value };
  expect(told([update('someone', 'x/v1beta1', then)], annotations, kind)).toHaveLength(count);
});

test('the annotation names the kind that was applied', () => {
  const [statement] = statementsOf('Ingress', { annotations: applied('extensions/v1beta1', 'Ingress') });
  expect(statement).toMatchObject({ kind: 'Ingress', time: '', stale: false });
  expect(statementsOf('A', { annotations: applied('x/v1', 'B') })[0]?.kind).toBe('B');
});
