import { type ArgumentRule, valueAt } from './argument-rule.ts';

/** Tags as AWS has them everywhere: at most 50, keys of 1 to 128 characters which do not begin with `aws:`, values of at most 256. */
export const tagRule: ArgumentRule = ({ tags }) => {
  const entries = Object.entries((tags ?? {}) as Readonly<Record<string, unknown>>);
  if (entries.length > 50) return 'A resource can have at most 50 tags';
  for (const [key, value] of entries) {
    if (key.toLowerCase().startsWith('aws:')) return `Tag key ${key} must not start with aws:`;
    if (key === '' || key.length > 128) return `Tag key ${key} must be between 1 and 128 characters`;
    if (String(value).length > 256) return `The value of tag ${key} must be at most 256 characters`;
  }
  return undefined;
};

/** Labels of nodes have keys and values of 1 to 63 characters (`labelKey` and `labelValue` of the API's model). */
const labelsAt =
  (path: string): ArgumentRule =>
  (input) => {
    const labels = Object.entries((valueAt(input, path) ?? {}) as Readonly<Record<string, unknown>>);
    const wrong = labels.flat().find((text) => text === '' || String(text).length > 63);
    return wrong === undefined
      ? undefined
      : `Label keys and values must be between 1 and 63 characters: ${String(wrong)}`;
  };

export const labelRule = labelsAt('labels.addOrUpdateLabels');
export const newLabelRule = labelsAt('labels');
