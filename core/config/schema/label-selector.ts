import { z } from 'zod';
import { labelKey, labelMap, labelValue, listOf, someOf, someText } from './names.ts';

const key = labelKey.describe('The label.');

const withValues = z.strictObject({
  key,
  operator: z.enum(['In', 'NotIn']).describe('In: the label has one of the values. NotIn: none of them, or no label.'),
  values: someOf(labelValue, 1000, 'values', 'is empty: In and NotIn compare with at least one value').describe(
    'The values to compare with.',
  ),
});

const withoutValues = z.strictObject({
  key,
  operator: z.enum(['Exists', 'DoesNotExist']).describe('Whether the label is there, whatever its value.'),
  values: z
    .array(labelValue)
    .max(0, 'must be left out: Exists and DoesNotExist compare with nothing. Use In or NotIn to compare values')
    .default([]),
});

/** CEL over the cluster record. check-policy.ts checks whether it can be parsed and typed. */
export const celExpression = someText(2000);

/** A Kubernetes label selector over the labels of clusters, and a CEL expression over their records. */
export const labelSelectorSchema = z
  .strictObject({
    when: celExpression
      .optional()
      .describe('A CEL expression over the cluster that must be true as well, such as cluster.nodegroups.size() < 5.'),
    matchLabels: labelMap.default({}).describe('Labels that must have exactly these values.'),
    matchExpressions: listOf(z.discriminatedUnion('operator', [withValues, withoutValues]), 100, 'expressions')
      .default([])
      .describe('Conditions on labels; all must hold.'),
  })
  .describe('Which clusters: all conditions must hold, an empty selector matches every cluster.');
