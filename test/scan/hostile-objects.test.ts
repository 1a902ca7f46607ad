import fc from 'fast-check';
import { apiRows } from '../../core/scan/data/api-rows.ts';
import { breakRules } from '../../core/scan/data/break-rules.ts';
import { apiVersionOf } from './object-texts.ts';
import { objectsFor } from './objects-for-rules.ts';
import { scanFor } from './scan-for.ts';

/** Objects that something is found in, to be spoilt. */
const whole: readonly object[] = [
  ...breakRules.flatMap((rule) => objectsFor[rule.detector](rule).slice(0, 2)),
  ...apiRows.slice(0, 20).map((row) => ({ apiVersion: apiVersionOf(row), kind: row.kind, metadata: { name: 'a' } })),
  {
    ...{
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'a' },
    },
    webhooks: [
      {
        admissionReviewVersions: ['v1beta1'],
        clientConfig: { service: { namespace: 'a', name: 'b' } },
        rules: [{ apiGroups: ['policy'], apiVersions: ['v1beta1'], resources: ['poddisruptionbudgets'] }],
      },
    ],
  },
  {
    ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
    metadata: { name: 'a', ownerReferences: [{ apiVersion: 'extensions/v1beta1', kind: 'Deployment' }] },
    spec: { scaleTargetRef: { apiVersion: 'extensions/v1beta1', kind: 'Deployment' } },
  },
  {
    ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'a' } },
    spec: {
      group: 'a',
      names: { kind: 'A' },
      versions: [{ name: 'v1' }],
      conversion: { strategy: 'Webhook', webhook: {} },
    },
  },
  {
    apiVersion: 'helm.toolkit.fluxcd.io/v2',
    kind: 'HelmRelease',
    metadata: { name: 'a' },
    spec: { chart: { spec: {} } },
  },
  {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'a' },
    spec: { sources: [{ chart: 'a' }] },
  },
];

/** Puts something else in the place of the `index`th value, counted from the outside. */
function spoilt(value: unknown, left: { index: number }, other: unknown): unknown {
  if (left.index-- === 0) return other;
  if (Array.isArray(value)) return value.map((item) => spoilt(item, left, other));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, spoilt(item, left, other)]));
}

/** The object as often as it has values, up to 30, another one of which is something else each time. */
function* eachSpoilt(object: object, other: unknown): Generator<string> {
  for (let place = 0; place < 30; place += 1) {
    const left = { index: place };
    const text = JSON.stringify(spoilt(object, left, other));
    if (left.index >= 0) return;
    yield text;
  }
}

test('whatever stands in the place of a value, a scan gives a report', () => {
  const change = fc.tuple(fc.nat({ max: 30 }), fc.jsonValue({ maxDepth: 3 }));
  fc.assert(
    fc.property(fc.constantFrom(...whole), fc.array(change, { minLength: 1, maxLength: 3 }), (object, changes) => {
      const text = JSON.stringify(
        changes.reduce<unknown>((one, [index, other]) => spoilt(one, { index }, other), object),
      );
      for (const target of ['1.16', '1.37']) {
        const { findings, summary } = scanFor(target, text);
        expect(summary.errors + summary.warnings + summary.infos).toBe(findings.length);
      }
    }),
    { numRuns: 4_000 },
  );
}, 60_000);

test.each(Object.getOwnPropertyNames(Object.prototype))(
  'the word %s, which every object inherits, is one like any other',
  (word) => {
    for (const object of whole)
      for (const text of eachSpoilt(object, word)) expect(() => scanFor('1.37', text)).not.toThrow();
  },
);

test('a value that cannot be made a text is none', () => {
  const odd = { toString: 0 };
  for (const object of whole)
    for (const text of eachSpoilt(object, odd)) expect(() => scanFor('1.37', text)).not.toThrow();
});
