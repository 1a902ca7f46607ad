/** Whether a text has actions of a Go template (`{{ .Values.name }}`), which say nothing until somebody renders them. */
export function isTemplateText(text: string): boolean {
  const open = text.indexOf('{{');
  return open !== -1 && text.includes('}}', open);
}
