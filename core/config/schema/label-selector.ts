import { z } from 'zod';
import { labelKey, labelMap, labelValue } from './names.ts';

const key = labelKey.describe('The label.');

const withValues = z.strictObject({
  key,
  operator: z.enum(['In', 'NotIn']).describe('In: the label has one of the values. NotIn: none of them, or no label.'),
  values: z
    .array(labelValue)
    .min(1, 'is empty: In and NotIn compare with at least one value')
    .max(1000, 'lists more than 1000 values')
    .describe('The values to compare with.'),
});

const withoutValues = z.strictObject({
  key,
  operator: z.enum(['Exists', 'DoesNotExist']).describe('Whether the label is there, whatever its value.'),
  values: z
    .array(labelValue)
    .max(0, 'must be left out: Exists and DoesNotExist compare with nothing. Use In or NotIn to compare values')
    .default([]),
});

/** CEL over the cluster record; whether it can be parsed and typed is checked beside the schema (checks/expressions.ts). */
export const celExpression = z.string().min(1, 'is empty').max(2000, 'is longer than 2000 characters');

/** A Kubernetes label selector over the labels of clusters, and a CEL expression over their records. */
export const labelSelectorSchema = z
  .strictObject({
    when: celExpression
      .optional()
      .describe('A CEL expression over the cluster that must be true as well, such as cluster.nodegroups.size() < 5.'),
    matchLabels: labelMap.default({}).describe('Labels that must have exactly these values.'),
    matchExpressions: z
      .array(z.discriminatedUnion('operator', [withValues, withoutValues]))
      .max(100, 'lists more than 100 expressions')
      .default([])
      .describe('Conditions on labels; all must hold.'),
  })
  .describe('Which clusters: all conditions must hold, an empty selector matches every cluster.');
