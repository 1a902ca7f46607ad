import { FromStringShapeDeserializer } from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';

/** Times of labels and queries are seconds unless a trait says otherwise; those of forms are ISO 8601. */
const readers = {
  rest: new FromStringShapeDeserializer({ timestampFormat: { useTrait: true, default: 7 }, httpBindings: true }),
  form: new FromStringShapeDeserializer({ timestampFormat: { useTrait: true, default: 5 }, httpBindings: false }),
};

const numberText = /^(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|-?Infinity)$/;
const truthText = /^(?:true|false)$/i;

/** A single value from a path, a query or a form. Throws for text that is no such value, which the SDK's reader turns into NaN or false. */
export function readText(schema: NormalizedSchema, text: string, place: keyof typeof readers): unknown {
  if (schema.isNumericSchema() && !numberText.test(text)) throw new TypeError(`${text} is not a number`);
  if (schema.isBooleanSchema() && !truthText.test(text)) throw new TypeError(`${text} is neither true nor false`);
  return readers[place].read(schema, text);
}
