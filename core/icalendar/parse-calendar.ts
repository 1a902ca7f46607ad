import ICAL from 'ical.js';
import { ImportProblem } from './import-problem.ts';

/** The VCALENDAR objects of a file. Throws ImportProblem. */
export function parseCalendar(text: string): readonly ICAL.Component[] {
  const roots = read(text).map((root) => new ICAL.Component(root));
  const wrong = roots.find(({ name }) => name !== 'vcalendar');
  if (roots.length === 0 || wrong !== undefined) {
    const what = wrong === undefined ? 'is empty' : `begins with ${String(wrong.name).toUpperCase()}`;
    throw new ImportProblem(`the file ${what}; an iCalendar file begins with BEGIN:VCALENDAR.`);
  }
  return roots;
}

type Root = ConstructorParameters<typeof ICAL.Component>[0];

function read(text: string): Root[] {
  if (!/^\s*BEGIN:/i.test(text.replace(/^\ufeff/, ''))) return text.trim() === '' ? [] : notCalendar();
  try {
    const parsed: unknown = ICAL.parse(text.replace(/^\ufeff/, ''));
    // One object, or a list of them.
    return Array.isArray(parsed) && Array.isArray(parsed[0]) ? (parsed as Root[]) : [parsed as Root];
  } catch (error) {
    throw new ImportProblem(`the file is no valid iCalendar: ${sentence(error)}`);
  }
}

function notCalendar(): never {
  throw new ImportProblem('the file is no iCalendar; it begins with BEGIN:VCALENDAR.');
}

export const sentence = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\.?$/, '.');
