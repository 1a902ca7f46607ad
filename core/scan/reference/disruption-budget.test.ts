import { noDrainFacts } from '../drain/drain-facts.ts';
import { observeDisruptionBudget } from './observe-references.ts';

const budget = (apiVersion: string, selector: unknown) =>
  observeDisruptionBudget(
    { apiVersion, kind: 'PodDisruptionBudget', name: 'api', value: { spec: { selector } }, path: [] },
    { cause: 'x', evidence: [] },
    { crds: {}, services: [], storageClasses: {}, changes: {}, drain: noDrainFacts() },
  );

test.each<[string, unknown, number]>([
  ['policy/v1beta1', {}, 1],
  ['policy/v1beta1', { matchLabels: {}, matchExpressions: [] }, 1],
  ['policy/v1beta1', { matchLabels: { app: 'api' } }, 0],
  ['policy/v1beta1', { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, 0],
  ['policy/v1beta1', undefined, 0],
  ['policy/v1', {}, 0],
])('a selector of %s that is %j: %i problems', (apiVersion, selector, count) => {
  expect(budget(apiVersion, selector)).toHaveLength(count);
});
