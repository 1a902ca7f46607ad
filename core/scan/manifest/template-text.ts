import { type Mapping, textOf } from './manifest-object.ts';

/** Whether a text has actions of a Go template (`{{ .Values.name }}`), which have no value before they are rendered. */
export function isTemplateText(text: string): boolean {
  const open = text.indexOf('{{');
  return open !== -1 && text.includes('}}', open);
}

/**
 * Whether a document has a placeholder: in its type (`apiVersion: '{{ … }}'`, `${API}`), or as a value that is an action without quotes. YAML reads
 * such an action as a map in a map, whose key the parser turns into an object.
 */
export function isUnrendered(text: string, value: Mapping): boolean {
  if (/\{\{|\$[{(]/.test(`${textOf(value.apiVersion)} ${textOf(value.kind)}`)) return true;
  return isTemplateText(text) && holdsAction(value);
}

function holdsAction(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, '[object Object]') || Object.values(value).some(holdsAction);
}

/** The file of a chart that `helm template` names before each document: `# Source: shop/templates/budget.yaml`. */
export const templateOf = (text: string): string | undefined =>
  /^# Source: (\S{1,300})[ \t\r]*$/m.exec(text.slice(0, 500))?.[1];
