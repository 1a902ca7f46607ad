import { fieldOf, listOf, type Report } from './check.ts';

/** Waves are known by their name, and take their clusters either by selector or by name. */
export function checkWaves(document: unknown, report: Report): void {
  const firstAt = new Map<unknown, number>();
  for (const [index, wave] of listOf(fieldOf(document, 'spec', 'waves')).entries()) {
    const path = ['spec', 'waves', index];
    const name = fieldOf(wave, 'name');
    const first = firstAt.get(name);
    if (name !== undefined && first !== undefined) {
      const message = `"${name}" is the name of waves[${first}] already, and reports know waves by name. Rename one.`;
      report('error', [...path, 'name'], message);
    }
    if (first === undefined) firstAt.set(name, index);
    if (fieldOf(wave, 'selector') !== undefined && fieldOf(wave, 'clusters') !== undefined) {
      const message = 'selector and clusters are both given, and either would decide. Remove one.';
      report('error', [...path, 'clusters'], message, 'key');
    }
  }
}
