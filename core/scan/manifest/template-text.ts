import type { ManifestObject } from './manifest-object.ts';

/** Whether a text has actions of a Go template (`{{ .Values.name }}`), which say nothing until somebody renders them. */
export function isTemplateText(text: string): boolean {
  const open = text.indexOf('{{');
  return open !== -1 && text.includes('}}', open);
}

/** Whether its type is for somebody else to fill in (`apiVersion: '{{ … }}'`, `${API}`): then nobody knows what it will be. */
export const isUnrendered = ({ apiVersion, kind }: ManifestObject): boolean => /\{\{|\$[{(]/.test(apiVersion + kind);

/** The file of a chart that `helm template` says in front of each document: `# Source: shop/templates/budget.yaml`. */
export const templateOf = (text: string): string | undefined =>
  /^# Source: (\S{1,300})[ \t\r]*$/m.exec(text.slice(0, 500))?.[1];
